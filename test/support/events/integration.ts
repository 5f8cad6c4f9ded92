/**
 * What a backend is sent behind each surface, with what API Gateway makes of an authorizer's context there.
 *
 * @param context `undefined`: the route has no authorizer
 */
export type IntegrationEvent = (context: unknown) => { readonly requestContext: object };

/** REST API: the context is flat, every value a text, and the id of the principal stands beside it. */
const restEvent: IntegrationEvent = (context) => ({
  resource: '/orders/{id}',
  path: '/orders/7',
  httpMethod: 'GET',
  headers: { Host: 'api.example.com', 'x-auth-subject': 'root' },
  multiValueHeaders: { Host: ['api.example.com'], 'x-auth-subject': ['root'] },
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: { id: '7' },
  stageVariables: null,
  requestContext: {
    ...(context === undefined ? {} : { authorizer: flat(context) }),
    apiId: 'abc123',
    stage: 'prod',
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    identity: { sourceIp: '192.0.2.1', apiKey: null },
  },
  body: null,
  isBase64Encoded: false,
});

/** HTTP API, payload 2.0: the context stands under `lambda`. */
const http2Event: IntegrationEvent = (context) => ({
  version: '2.0',
  routeKey: 'GET /orders/{id}',
  rawPath: '/orders/7',
  rawQueryString: '',
  headers: { host: 'api.example.com', 'x-auth-subject': 'root' },
  pathParameters: { id: '7' },
  requestContext: {
    ...(context === undefined ? {} : { authorizer: { lambda: context } }),
    apiId: 'abc123',
    http: { method: 'GET', path: '/orders/7', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1' },
    requestId: 'JKJaXmPLvHcESHA=',
    routeKey: 'GET /orders/{id}',
    stage: '$default',
  },
  isBase64Encoded: false,
});

/** HTTP API, payload 1.0: flat, as behind a REST API. */
const http1Event: IntegrationEvent = (context) => ({
  ...restEvent(context),
  version: '1.0',
});

/** A message over a WebSocket: what `$connect` was told stands in it for as long as the connection lives. */
const messageEvent: IntegrationEvent = (context) => ({
  requestContext: {
    ...(context === undefined ? {} : { authorizer: flat(context) }),
    routeKey: '$default',
    messageId: 'ZLr3FcrMoAMCJ2A=',
    eventType: 'MESSAGE',
    messageDirection: 'IN',
    connectionId: 'ZLr3FfrQIAMCJ2A=',
    apiId: 'abc123',
    stage: 'live',
    identity: { sourceIp: '192.0.2.1' },
  },
  body: '{"action":"whoami"}',
  isBase64Encoded: false,
});

export const integrationEvents: readonly (readonly [string, IntegrationEvent])[] = [
  ['a REST API', restEvent],
  ['an HTTP API, payload 2.0', http2Event],
  ['an HTTP API, payload 1.0', http1Event],
  ['a message of a WebSocket', messageEvent],
];

/** `principalId` and what API Gateway measured are members like the authorizer's own. */
function flat(context: unknown): unknown {
  const isRecord = typeof context === 'object' && context !== null && !Array.isArray(context);
  if (!isRecord) return context;
  const inherited = Object.create(Object.getPrototypeOf(context));
  return Object.assign(inherited, context, { principalId: 'orders', integrationLatency: 21 });
}
