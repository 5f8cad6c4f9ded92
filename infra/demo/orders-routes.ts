import {
  defineRoutes,
  publicRoute,
  type Routes,
  requires,
} from '../../functions/core/route-policy.ts';

/** The resource indicator of the Orders API (RFC 8707): what `aud` must say. */
export const ordersAudience = 'https://orders.example.com';

/** What each route of the Orders API demands. */
export const ordersRoutes: Routes = defineRoutes({
  'GET /healthz': publicRoute(),
  'GET /whoami': requires({ schemes: ['bearer'] }),
  'GET /orders': requires({ schemes: ['bearer'], scopes: ['orders:read'] }),
  'POST /orders': requires({ schemes: ['bearer'], scopes: ['orders:write'] }),
  'GET /orders/{id}': requires({ schemes: ['bearer'], scopes: ['orders:read'] }),
  'GET /orders/export': requires({ schemes: ['bearer'], scopes: ['orders:export'] }),
  'DELETE /orders/{id}': requires({ schemes: ['bearer'], scopes: ['orders:admin'] }),
  'GET /transfers': requires({
    schemes: ['bearer'],
    scopes: ['transfers:write'],
    acr: 'urn:keyward:mfa',
    maxAgeSeconds: 300,
  }),
});
