import {
  defineRoutes,
  publicRoute,
  type Routes,
  requires,
} from '../../functions/core/routes/route-policy.ts';

/** The resource indicator of the Orders API (RFC 8707): what `aud` must say. */
export const ordersAudience = 'https://orders.example.com';

/** What each route of the Orders API demands. */
export const ordersRoutes: Routes = defineRoutes({
  'GET /healthz': publicRoute(),
  'GET /whoami': requires({
    schemes: ['bearer', 'apikey', 'basic', 'certificate'],
    credentialIn: ['authorization', 'x-api-key'],
  }),
  'GET /orders': requires({ schemes: ['bearer', 'apikey'], scopes: ['orders:read'] }),
  'POST /orders': requires({ schemes: ['bearer'], scopes: ['orders:write'] }),
  'GET /orders/{id}': requires({ schemes: ['bearer', 'apikey'], scopes: ['orders:read'] }),
  'GET /orders/export': requires({ schemes: ['bearer'], scopes: ['orders:export'] }),
  'DELETE /orders/{id}': requires({
    schemes: ['bearer'],
    scopes: ['orders:admin'],
    revocation: 'strict',
  }),
  'GET /reports/{name}': requires({
    schemes: ['apikey', 'basic'],
    credentialIn: ['authorization', 'x-api-key'],
    scopes: ['reports:read'],
  }),
  'GET /partners/me': requires({ schemes: ['certificate'] }),
  'GET /transfers': requires({
    schemes: ['bearer'],
    scopes: ['transfers:write'],
    acr: 'urn:keyward:mfa',
    maxAgeSeconds: 300,
  }),
  // The WebSocket API has this route alone; a browser's token may stand in the query.
  $connect: requires({
    schemes: ['bearer', 'apikey'],
    credentialIn: ['authorization', 'subprotocol', 'query'],
    scopes: ['orders:read'],
  }),
});
