import { describe, expect, test } from 'vitest';
import { memoryConnections } from '../../functions/adapters/memory/connections.ts';
import { subjectMark } from '../../functions/core/revocation/token-marks.ts';
import { defineRoutes, requires } from '../../functions/core/routes/route-policy.ts';
import type { AuthorizerEvent } from '../../functions/gateway/authorizer-surface.ts';
import {
  connectAuthorizerEvent,
  http1AuthorizerEvent,
  httpAuthorizerEvent,
  restAuthorizerEvent,
} from '../support/events/authorizer.ts';
import { gate, now } from '../support/gate.ts';
import { bearerToken } from '../support/tokens.ts';

const arn = 'arn:aws:execute-api:us-east-1:000000000000:abc123';
const bearer = bearerToken();
const token = bearer.slice(7);
const needs = { schemes: ['bearer'], scopes: ['orders:read'] } as const;

describe('the $connect of a WebSocket API', () => {
  const everywhere = ['authorization', 'subprotocol', 'query'] as const;
  const routes = defineRoutes({ $connect: requires({ ...needs, credentialIn: everywhere }) });

  test.each([
    ['the Authorization header', { Authorization: bearer }, {}],
    ['a subprotocol', { 'Sec-WebSocket-Protocol': `keyward.bearer, ${token}` }, {}],
    ['a subprotocol among others', { 'sec-websocket-protocol': `v1,keyward.bearer,${token}` }, {}],
    ['the query', {}, { access_token: token }],
  ])('takes a token from %s, and names no verb in the policy', async (_where, headers, query) => {
    const { handle, last } = gate({ routes });
    expect(await handle(connectAuthorizerEvent(headers, query))).toMatchObject({
      principalId: 'orders',
      policyDocument: { Statement: [{ Effect: 'Allow', Resource: `${arn}/prod/$connect` }] },
      context: { mth: 'bearer', sub: 'orders' },
    });
    expect(last()).toMatchObject({ surface: 'websocket', route: '$connect', cache: 'none' });
  });

  test.each([
    ['no credential', 'missing_credential', {}, {}],
    [
      'a subprotocol without a token',
      'malformed',
      { 'Sec-WebSocket-Protocol': 'keyward.bearer' },
      {},
    ],
    ['a bad token', 'malformed', { Authorization: 'Bearer x' }, {}],
    ['two tokens', 'multiple_credentials', { Authorization: bearer }, { access_token: token }],
    [
      'two subprotocols',
      'multiple_credentials',
      { 'Sec-WebSocket-Protocol': `keyward.bearer, ${token}, keyward.bearer, ${token}` },
      {},
    ],
  ])('answers %s as "Unauthorized"', async (_what, reason, headers, query) => {
    const { handle, last } = gate({ routes });
    await expect(handle(connectAuthorizerEvent(headers, query))).rejects.toThrow(/^Unauthorized$/);
    expect(last().reason).toBe(reason);
  });

  test('denies a good token that lacks the scope', async () => {
    const { handle } = gate({ routes });
    const poor = { Authorization: bearerToken({ scope: 'x' }) };
    expect(await handle(connectAuthorizerEvent(poor))).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny', Resource: `${arn}/prod/*` }] },
    });
  });

  test('reads no query where the route does not say so: it stands in the logs of everything in between', async () => {
    const { handle } = gate({ routes: defineRoutes({ $connect: requires(needs) }) });
    await expect(handle(connectAuthorizerEvent({}, { access_token: token }))).rejects.toThrow(
      'Unauthorized',
    );
  });
});

describe('where connections are closed that must end, $connect', () => {
  const routes = defineRoutes({
    $connect: requires(needs),
    'GET /orders': requires(needs),
  });
  const stage = 'abc123/prod';
  const shake = connectAuthorizerEvent({ Authorization: bearer });

  test('remembers the connection with what its token can be revoked by, before it answers', async () => {
    const connections = memoryConnections();
    const { handle } = gate({ routes, connections });
    expect(await handle(shake)).toMatchObject({ context: { sub: 'orders' } });
    expect((await connections.of(stage).page()).connections).toEqual([
      {
        ...{ connectionId: 'ZLr3FfZIoAMCKMw=', connectedAt: now, scheme: 'bearer' },
        ...{ credentialId: 'jti-1', expiresAt: now + 600 },
        marks: {
          ...{ token: 'jti-1', client: 'orders', key: expect.any(String) },
          ...{ subject: subjectMark('', 'orders'), issuedAt: now },
        },
      },
    ]);
  });

  test('remembers nothing of a connection that it does not let in, nor of any other request', async () => {
    const connections = memoryConnections();
    const { handle, rest } = gate({ routes, connections });
    await handle(connectAuthorizerEvent({ Authorization: bearerToken({ scope: 'x' }) }));
    await handle(connectAuthorizerEvent({})).catch(String);
    expect(await rest(bearer, 'GET /orders')).toMatchObject({ effect: 'Allow' });
    expect((await connections.of(stage).page()).connections).toEqual([]);
  });

  test.each([
    ['cannot be remembered', shake, 'dependency_unavailable'],
    [
      'has no id',
      { ...shake, requestContext: { ...shake.requestContext, connectionId: '' } },
      'internal',
    ],
  ] as const)(
    'cannot tell where the connection %s: nobody could close it',
    async (_, event, reason) => {
      const connections = { add: () => Promise.reject(new Error('the table is away')) };
      const { handle, last } = gate({ routes, connections });
      await expect(handle(event)).rejects.not.toThrow('Unauthorized');
      expect(last()).toMatchObject({ outcome: 'unavailable', reason });
    },
  );

  test('lets nobody wait for it where nobody closes connections', async () => {
    const { handle, last } = gate({ routes });
    expect(await handle(shake)).toMatchObject({ context: { sub: 'orders' } });
    expect(last().outcome).toBe('allow');
  });
});

describe('an HTTP API with payload 1.0', () => {
  const routes = defineRoutes({
    'GET /orders/{id}': requires(needs),
    'GET /orders/export': requires({ schemes: ['bearer'], scopes: ['orders:export'] }),
    'DELETE /orders/{id}': requires({ ...needs, revocation: 'strict' }),
    $default: requires(needs),
  });
  const event = (route: string, request: string, value: string | undefined) =>
    http1AuthorizerEvent(route, value, { methodArn: `${arn}/prod/${request}` });

  test.each([
    ['GET /orders/{id}', 'GET/orders/7'],
    ['GET /orders/{id}', 'GET/orders/auth0%7C7'],
    ['DELETE /orders/{id}', 'DELETE/orders/7'],
  ])(
    'gets a policy for this very request of %s: whatever replays it opens no other',
    async (route, request) => {
      const { handle, last } = gate({ routes });
      expect(await handle(event(route, request, bearer))).toMatchObject({
        policyDocument: { Statement: [{ Effect: 'Allow', Resource: `${arn}/prod/${request}` }] },
      });
      expect(last().surface).toBe('http-1');
    },
  );

  test.each([
    'GET/orders/*',
    'GET/orders/expor?',
    'GET/$',
    'GET/a b',
    '',
    `GET/${'7'.repeat(512)}`,
  ])('gets a Deny where a policy would not take the request "%s" literally', async (request) => {
    const { handle } = gate({ routes });
    expect(await handle(event('GET /orders/{id}', request, bearer))).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny', Resource: `${arn}/prod/*` }] },
    });
  });

  test('gets a Deny of everything for a bad credential: nobody knows what it makes of "Unauthorized"', async () => {
    const { handle } = gate({ routes });
    for (const bad of [undefined, 'Bearer x']) {
      expect(await handle(event('GET /orders/{id}', 'GET/orders/7', bad))).toMatchObject({
        policyDocument: { Statement: [{ Effect: 'Deny', Resource: `${arn}/prod/*` }] },
      });
    }
  });

  test('gets a Deny for $default, whose route it does not name', async () => {
    const { handle } = gate({ routes });
    expect(await handle(event('GET $default', 'GET/x', bearer))).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny', Resource: `${arn}/prod/*` }] },
    });
  });
});

describe('an HTTP API with payload 2.0', () => {
  test('guards $default like any other route', async () => {
    const { handle } = gate({ routes: defineRoutes({ $default: requires(needs) }) });
    const event = (value: string | undefined) =>
      httpAuthorizerEvent('GET /x', value, { routeKey: '$default' });
    expect(await handle(event(bearer))).toMatchObject({ isAuthorized: true });
    expect(await handle(event(undefined))).toMatchObject({ isAuthorized: false });
  });

  test('a second header that was joined with a comma is a second credential', async () => {
    const { handle, last } = gate({ routes: defineRoutes({ 'GET /x': requires(needs) }) });
    const event = httpAuthorizerEvent('GET /x', `${bearer},${bearer}`);
    expect(await handle(event)).toMatchObject({ isAuthorized: false });
    expect(last().reason).toBe('multiple_credentials');
  });
});

describe("what the console's test button sends", () => {
  test('is read like any other: null maps, a strange address, a strange stage', async () => {
    const { handle } = gate({ routes: defineRoutes({ 'GET /x': requires(needs) }) });
    const event = restAuthorizerEvent('GET /x', undefined, {
      headers: null,
      multiValueHeaders: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      methodArn: `${arn}/ESTestInvoke-stage/GET/x`,
    });
    const { identity } = event.requestContext;
    const tested = {
      ...event,
      body: null,
      isBase64Encoded: false,
      requestContext: {
        ...event.requestContext,
        identity: { ...identity, sourceIp: 'test-invoke-source-ip' },
      },
    };
    await expect(handle(tested)).rejects.toThrow(/^Unauthorized$/);
    const withHeader = { ...tested, headers: { Authorization: bearer } };
    expect(await handle(withHeader)).toMatchObject({
      policyDocument: {
        Statement: [
          { Effect: 'Allow', Resource: `${arn}/ESTestInvoke-stage/GET/x` },
          { Effect: 'Deny' },
        ],
      },
    });
  });
});

test('an event of no known surface throws: nobody is let in by a shape that nobody thought of', async () => {
  const { handle } = gate();
  for (const event of [
    {},
    { type: 'REQUEST' },
    { version: '3.0', type: 'REQUEST' },
    { Records: [{ cf: {} }] },
    { type: 'TOKEN' },
  ]) {
    await expect(handle(event as unknown as AuthorizerEvent)).rejects.toThrow();
  }
});
