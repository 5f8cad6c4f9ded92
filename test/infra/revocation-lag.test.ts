import { Template } from 'aws-cdk-lib/assertions';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { describe, expect, test } from 'vitest';
import { defineRoutes, publicRoute, requires } from '../../functions/core/routes/route-policy.ts';
import { consumer, httpConsumer, restConsumer } from './consumer.ts';

const bearer = requires({ schemes: ['bearer'] });
const strict = requires({ schemes: ['bearer'], revocation: 'strict' });
const routes = defineRoutes({
  'GET /healthz': publicRoute(),
  'GET /orders': bearer,
  'GET /orders/{id}': bearer,
  'DELETE /orders/{id}': strict,
  'GET /transfers': requires({ schemes: ['bearer'], maxAgeSeconds: 300 }),
  $connect: bearer,
  $default: bearer,
});

/** What the stack tells of its bounds: description → text. */
function outputs(stack: Parameters<typeof Template.fromStack>[0]) {
  const found = Object.values(Template.fromStack(stack).findOutputs('*'));
  const bounds = found.filter(({ Description = '' }) => Description.startsWith('seconds after'));
  return Object.fromEntries(bounds.map(({ Description, Value }) => [Description, Value]));
}

const announced = (api: string) =>
  `seconds after which a token, key, user, certificate or signing key that was revoked is refused for certain: ${api}`;

describe('the bound of every route is an output of the stack', () => {
  test('on a REST API: what the authorizer remembers, and what the gateway replays', () => {
    const { stack, addAll } = restConsumer(defineRoutes(without('$connect', '$default')));
    addAll();
    expect(outputs(stack)).toEqual({
      [announced('Consumer/Api, rest')]:
        '60 s (policy): GET /orders, GET /orders/{id}; 0 s (none): DELETE /orders/{id}; 5 s (none): GET /transfers',
    });
  });

  test('on an HTTP API, which replays route by route', () => {
    const { stack, addAll } = httpConsumer(defineRoutes(without('$connect')));
    addAll();
    expect(outputs(stack)).toEqual({
      [announced('Consumer/Api, http')]:
        '60 s (route): GET /orders, GET /orders/{id}, $default; 0 s (none): DELETE /orders/{id}; 5 s (none): GET /transfers',
    });
  });

  function without(...keys: readonly string[]) {
    return Object.fromEntries(Object.entries(routes).filter(([key]) => !keys.includes(key)));
  }
});

test.each([
  [undefined, 55, 60],
  [60, 55, 60],
  [6, 1, 6],
  // What the authorizer remembers is there in any case.
  [5, 0, 5],
  [0, 0, 5],
  [305, 300, 305],
  [3_600, 300, 305],
])('a lag of %d s leaves %d s to the gateway, and %d s in all', (lag, ttl, seconds) => {
  const { authorizer } = consumer(routes, lag === undefined ? {} : { revocationLagSeconds: lag });
  expect(authorizer.cacheTtl.toSeconds()).toBe(ttl);
  const bound = (kind: 'rest' | 'http' | 'websocket', route: string) =>
    authorizer.revocationLags(kind).get(route);
  expect(bound('rest', 'GET /orders')).toEqual({ seconds, cache: ttl === 0 ? 'none' : 'policy' });
  expect(bound('http', 'GET /orders')).toEqual({ seconds, cache: ttl === 0 ? 'none' : 'route' });
  expect(bound('rest', 'DELETE /orders/{id}')).toEqual({ seconds: 0, cache: 'none' });
  expect(bound('websocket', '$connect')).toEqual({ seconds: 5, cache: 'none' });
  expect([
    bound('rest', '$connect'),
    bound('rest', '$default'),
    bound('rest', 'GET /healthz'),
  ]).toEqual([undefined, undefined, undefined]);
});

describe('a lag that leaves nothing to the gateway', () => {
  test('is a TTL of 0 on a REST API, and no identity source', () => {
    const table = defineRoutes({ 'GET /orders': bearer });
    const { stack, addAll, problem } = restConsumer(table, { revocationLagSeconds: 0 });
    addAll();
    expect(problem()).toBeUndefined();
    const found = Template.fromStack(stack).findResources('AWS::ApiGateway::Authorizer');
    const [authorizer, ...more] = Object.values(found).map(({ Properties }) => Properties);
    expect(authorizer).toMatchObject({ AuthorizerResultTtlInSeconds: 0 });
    expect([authorizer?.IdentitySource, more]).toEqual([undefined, []]);
  });

  test('is a TTL of 0 on an HTTP API, and no identity source', () => {
    const table = defineRoutes({ 'GET /orders': bearer });
    const { stack, addAll, problem } = httpConsumer(table, { revocationLagSeconds: 0 });
    addAll();
    expect(problem()).toBeUndefined();
    const found = Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Authorizer');
    const [authorizer, ...more] = Object.values(found).map(({ Properties }) => Properties);
    expect(authorizer).toMatchObject({ AuthorizerResultTtlInSeconds: 0 });
    expect([authorizer?.IdentitySource, more]).toEqual([undefined, []]);
  });
});

describe('answers kept under x-api-key', () => {
  const key = requires({ schemes: ['apikey'], credentialIn: ['x-api-key'] });
  const keys = defineRoutes({
    'GET /keys': key,
    'GET /both': requires({ schemes: ['apikey'], credentialIn: ['authorization', 'x-api-key'] }),
    'GET /tokens': bearer,
  });
  const lags = new Map([
    ['GET /keys', { seconds: 60, cache: 'policy' }],
    ['GET /both', { seconds: 5, cache: 'none' }],
    ['GET /tokens', { seconds: 5, cache: 'none' }],
  ]);

  test('are those of routes whose credentials stand there and nowhere else', () => {
    const { stack, authorizer, addAll, problem } = restConsumer(keys, { identity: 'x-api-key' });
    addAll();
    expect(problem()).toBeUndefined();
    expect(authorizer.revocationLags('rest')).toEqual(lags);
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::Authorizer', {
      ...{ IdentitySource: 'method.request.header.x-api-key', AuthorizerResultTtlInSeconds: 55 },
    });
  });

  test('have the route beside them on an HTTP API', () => {
    const { stack, addAll, problem } = httpConsumer(keys, { identity: 'x-api-key' });
    addAll();
    expect(problem()).toBeUndefined();
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      IdentitySource: ['$request.header.x-api-key', '$context.routeKey'],
      AuthorizerResultTtlInSeconds: 55,
    });
  });

  test('are none without it', () => {
    const { authorizer } = consumer(keys);
    expect(authorizer.revocationLags('rest').get('GET /keys')).toEqual({
      seconds: 5,
      cache: 'none',
    });
    expect(authorizer.revocationLags('rest').get('GET /tokens')).toEqual({
      seconds: 60,
      cache: 'policy',
    });
  });

  test('may stand behind a TOKEN authorizer that is shown this header', () => {
    const table = defineRoutes({ 'GET /keys': key });
    const { stack, authorizer } = consumer(table, { identity: 'x-api-key' });
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    const guard = authorizer.guardRestApi(api, { realm: 'orders' }, 'token');
    const options = guard.methodOptions('GET /keys');
    api.root.addResource('keys').addMethod('GET', new MockIntegration(), options);
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::Authorizer', {
      ...{ Type: 'TOKEN', IdentitySource: 'method.request.header.x-api-key' },
    });
  });
});
