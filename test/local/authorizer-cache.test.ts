import { describe, expect, test } from 'vitest';
import { type HttpShape, httpWorld } from './support/http-world.ts';
import {
  asked,
  header,
  policy,
  type RestShape,
  restWorld,
  statement,
  told,
} from './support/rest-world.ts';

const yes = told({ answer: { isAuthorized: true } });
const allowAll = policy([statement('Allow', '*')]);
const cached = { AuthorizerResultTtlInSeconds: 300 };

const rest = (paths: readonly string[], properties: object = {}, more: Partial<RestShape> = {}) =>
  restWorld({
    methods: Object.fromEntries(paths.map((at) => [at, { authorizer: 'Authorizer' }])),
    authorizers: { Authorizer: { ...cached, ...properties } },
    ...more,
  });
const http = (routes: readonly string[], properties: object = {}, more: Partial<HttpShape> = {}) =>
  httpWorld({
    routes: Object.fromEntries(routes.map((key) => [key, { authorizer: 'Authorizer' }])),
    authorizers: { Authorizer: { ...cached, ...properties } },
    ...more,
  });

/** The same promises on both kinds of API: how each spells its sources, and a yes. */
const kinds = [
  {
    kind: 'REST API',
    yes: allowAll,
    sources: (...names: readonly string[]) => ({
      IdentitySource: names
        .map((name) => (/^(header|query)/.test(name) ? `method.request.${name}` : name))
        .join(', '),
    }),
    make: rest,
  },
  {
    kind: 'HTTP API',
    yes,
    sources: (...names: readonly string[]) => ({
      IdentitySource: names.map((name) =>
        /^(header|query)/.test(name) ? `$request.${name}` : `$${name}`,
      ),
    }),
    make: http,
  },
] as const;

describe.each(kinds)('the result cache: $kind', ({ yes, sources, make }) => {
  test('is keyed by the identity sources and nothing else', async () => {
    const world = await make(['ANY /a', 'GET /b/{id}']);
    await world.ask('/a', { headers: yes });
    await world.ask('/a?x=1', { method: 'POST', headers: [...yes, 'x-one', '1'], body: 'text' });
    await world.ask('/b/7', { headers: ['Cookie', 'a=b', ...yes, 'User-Agent', 'other'] });
    expect(asked(world)).toBe(1);
  });

  test('needs every source alike: each of them makes another key', async () => {
    const world = await make(['GET /a'], sources('header.Authorization', 'querystring.Tenant'));
    for (const tenant of ['one', 'two', 'one', 'ONE']) {
      expect((await world.ask(`/a?Tenant=${tenant}`, { headers: yes })).status).toBe(200);
    }
    expect(asked(world)).toBe(3);
    // The names of query parameters are compared with their case.
    expect((await world.ask('/a?tenant=one', { headers: yes })).status).toBe(401);
    expect(asked(world)).toBe(3);
  });

  test('minds the case of values, not that of header names', async () => {
    const world = await make(['GET /a'], sources('header.Authorization', 'header.X-Key'));
    for (const [name, value] of [
      ...[
        ['X-Key', 'abc'],
        ['x-key', 'abc'],
        ['X-KEY', 'abc'],
        ['x-key', 'ABC'],
        ['x-key', 'Abc'],
      ],
    ] as const) {
      await world.ask('/a', { headers: [...yes, name as string, value as string] });
    }
    expect(asked(world)).toBe(3);
  });

  test('joins many values: their order counts, and two are not one', async () => {
    const world = await make(['GET /a'], sources('header.Authorization', 'header.X-Key'));
    const keys = (...values: readonly string[]) =>
      world.ask('/a', { headers: [...yes, ...values.flatMap((value) => ['x-key', value])] });
    await keys('a', 'b');
    await keys('a', 'b');
    expect(asked(world)).toBe(1);
    await keys('b', 'a');
    await keys('a');
    await keys('a', 'b', 'b');
    expect(asked(world)).toBe(4);
  });

  test('keeps values of two sources apart that read alike when they run together', async () => {
    const world = await make(
      ['GET /a'],
      sources('header.X-One', 'header.X-Two', 'header.Authorization'),
    );
    const pair = (one: string, two: string) =>
      world.ask('/a', { headers: ['x-one', one, 'x-two', two, ...yes] });
    await pair('a,b', 'c');
    await pair('a', 'b,c');
    await pair('ab', 'c');
    expect(asked(world)).toBe(3);
  });

  test('is not shared by two authorizers over one function', async () => {
    const world = await make(
      ['GET /a'],
      {},
      {
        ...{
          methods: { 'GET /a': { authorizer: 'One' }, 'GET /b': { authorizer: 'Two' } },
          routes: { 'GET /a': { authorizer: 'One' }, 'GET /b': { authorizer: 'Two' } },
        },
        authorizers: { One: cached, Two: cached },
      },
    );
    for (const path of ['/a', '/b', '/a', '/b']) {
      expect((await world.ask(path, { headers: yes })).status).toBe(200);
    }
    expect(asked(world)).toBe(2);
  });

  test('a missing identity source is 401, cached answers or not', async () => {
    for (const AuthorizerResultTtlInSeconds of [0, 300]) {
      const world = await make(['GET /a'], {
        ...sources('header.Authorization', 'header.X-Key'),
        AuthorizerResultTtlInSeconds,
      });
      await world.ask('/a', { headers: [...yes, 'x-key', '1'] });
      for (const headers of [yes, ['x-key', '1'], [...yes, 'x-key', ''], []]) {
        expect((await world.ask('/a', { headers: [...headers] })).status).toBe(401);
      }
      expect(asked(world)).toBe(1);
    }
  });

  test('replays the context of the first request for all others', async () => {
    const world = await make(['GET /a', 'GET /b']);
    const context = async (path: string) => {
      const { json } = await world.ask(path, { headers: yes });
      const { authorizer } = (json as { requestContext: { authorizer: Record<string, unknown> } })
        .requestContext;
      return (authorizer.lambda ?? authorizer) as Record<string, unknown>;
    };
    const first = await context('/a');
    expect(await context('/b')).toMatchObject({ event: first.event });
  });
});

/** A REST API, and an HTTP API whose authorizer answers policies in each of the two payload formats. */
const policyKinds = [
  { kind: 'REST API', make: rest, unknownStatus: 403 },
  ...(['1.0', '2.0'] as const).map((version) => ({
    kind: `HTTP API, payload ${version}`,
    make: (routes: readonly string[]) =>
      http(routes, { AuthorizerPayloadFormatVersion: version, EnableSimpleResponses: false }),
    unknownStatus: 404,
  })),
] as const;

describe.each(policyKinds)('a replayed policy: $kind', ({ make, unknownStatus }) => {
  const statuses = async (
    world: Awaited<ReturnType<typeof make>>,
    headers: readonly string[],
    ...paths: readonly string[]
  ) => {
    const seen: number[] = [];
    for (const path of paths) seen.push((await world.ask(path, { headers })).status);
    return seen;
  };

  test('is evaluated again for another route', async () => {
    const world = await make(['ANY /orders/{id}', 'GET /other']);
    const headers = policy([statement('Allow', '*/GET/*'), statement('Deny', '*/orders/2')]);
    expect(await statuses(world, headers, '/orders/1', '/orders/2', '/other')).toEqual([
      ...[200, 403, 200],
    ]);
    expect((await world.ask('/orders/1', { headers, method: 'DELETE' })).status).toBe(403);
    expect(asked(world)).toBe(1);
  });

  test('is evaluated against the path as it was sent: an encoded slash is no slash', async () => {
    const world = await make(['GET /files/{name}', 'GET /files/{name}/{part}']);
    const headers = policy([statement('Allow', '*/GET/files/a/b')]);
    expect(await statuses(world, headers, '/files/a/b', '/files/a%2Fb', '/files/a%2fb')).toEqual([
      ...[200, 403, 403],
    ]);
    const encoded = policy([statement('Allow', '*/GET/files/a%2Fb')]);
    expect(await statuses(world, encoded, '/files/a%2Fb', '/files/a%2fb', '/files/a/b')).toEqual([
      ...[200, 403, 403],
    ]);
  });

  test('never sees a trailing slash that no route has; a greedy one is evaluated with it', async () => {
    const literal = await make(['GET /orders']);
    const headers = policy([statement('Allow', '*/GET/orders')]);
    expect(await statuses(literal, headers, '/orders', '/orders/')).toEqual([200, unknownStatus]);
    const greedy = await make(['GET /{proxy+}']);
    expect(await statuses(greedy, headers, '/orders', '/orders/', '//orders')).toEqual([
      ...[200, 403, 403],
    ]);
    expect(asked(greedy)).toBe(1);
  });

  test('that echoes a star of the path is a glob for all who replay it', async () => {
    const world = await make(['GET /orders/{id}']);
    const echoed = policy([statement('Allow', 'ARN')]);
    // What a function gives away that builds its answer from the request.
    expect(await statuses(world, echoed, '/orders/*', '/orders/1')).toEqual([200, 200]);
    const again = await make(['GET /orders/{id}']);
    const exact = policy([statement('Allow', '*/GET/orders/1')]);
    // A star in the request is a character and matches nothing.
    expect(await statuses(again, exact, '/orders/1', '/orders/*', '/orders/%3F')).toEqual([
      ...[200, 403, 403],
    ]);
  });

  test('an implicit refusal is replayed as well as an explicit one', async () => {
    const world = await make(['GET /orders']);
    for (const headers of [policy([]), policy([statement('Deny', '*')])]) {
      expect(await statuses(world, headers, '/orders', '/orders')).toEqual([403, 403]);
    }
    expect(world.invoked).toEqual(['Auth', 'Auth']);
  });
});

describe('routes of an HTTP API behind an authorizer', () => {
  const policies = { AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: false };

  test('$default and ANY are evaluated with the verb and the path of the request', async () => {
    const world = await http(['$default', 'ANY /orders'], policies);
    const headers = policy([statement('Allow', '*/$default/GET/*')]);
    const status = async (path: string, method: string) =>
      (await world.ask(path, { headers, method })).status;
    expect(await status('/orders', 'GET')).toBe(200);
    expect(await status('/orders', 'POST')).toBe(403);
    expect(await status('/else/where/', 'GET')).toBe(200);
    expect(await status('/else/where/', 'DELETE')).toBe(403);
    expect(asked(world)).toBe(1);
  });

  test('tell the authorizer the key of the route, $default or ANY', async () => {
    const world = await http(['$default', 'ANY /orders/{id}'], { AuthorizerResultTtlInSeconds: 0 });
    const event = async (path: string, method: string) => {
      const { json } = await world.ask(path, { headers: yes, method });
      const { authorizer } = (
        json as {
          requestContext: { authorizer: { lambda: { event: string } } };
        }
      ).requestContext;
      return JSON.parse(authorizer.lambda.event) as Record<string, unknown>;
    };
    expect(await event('/orders/7', 'PUT')).toMatchObject({
      routeKey: 'ANY /orders/{id}',
      routeArn: expect.stringMatching(/\/\$default\/PUT\/orders\/7$/),
      pathParameters: { id: '7' },
    });
    const fallback = await event('/nothing/', 'GET');
    expect(fallback).toMatchObject({
      routeKey: '$default',
      routeArn: expect.stringMatching(/\/\$default\/GET\/nothing\/$/),
    });
    expect(fallback).not.toHaveProperty('pathParameters');
  });

  test('a simple yes is a yes for every route of its key, $default included', async () => {
    const world = await http(['$default', 'GET /orders']);
    await world.ask('/orders', { headers: yes });
    expect((await world.ask('/anything', { headers: yes, method: 'DELETE' })).status).toBe(200);
    expect(asked(world)).toBe(1);
  });

  test('a policy is no simple answer, and a simple answer is no policy', async () => {
    const simple = await http(['GET /orders']);
    expect((await simple.ask('/orders', { headers: allowAll })).status).toBe(500);
    const other = await http(['GET /orders'], policies);
    expect((await other.ask('/orders', { headers: yes })).status).toBe(500);
  });

  test('payload 1.0 tells the ARN, the source as a token, and the event of version 1', async () => {
    const world = await http(['GET /orders/{id}'], {
      ...{ AuthorizerPayloadFormatVersion: '1.0', EnableSimpleResponses: false },
    });
    const { json } = await world.ask('/orders/7', {
      headers: policy([statement('Allow', 'ARN')]),
    });
    const told = (json as { requestContext: { authorizer: { lambda: { event: string } } } })
      .requestContext.authorizer.lambda.event;
    const [, token] = policy([statement('Allow', 'ARN')]);
    const { requestContext: _, ...event } = JSON.parse(told) as Record<string, unknown>;
    expect(event).toMatchObject({
      ...{ version: '1.0', type: 'REQUEST', identitySource: token, authorizationToken: token },
      methodArn: expect.stringMatching(/\/\$default\/GET\/orders\/7$/),
      ...{ resource: '/orders/{id}', httpMethod: 'GET', pathParameters: { id: '7' } },
    });
  });
});

test('a REST API keeps the sources of a REQUEST authorizer in their order', async () => {
  const swapped = { IdentitySource: `method.request.header.X-Key, ${header}` };
  const world = await rest(['GET /a'], swapped);
  await world.ask('/a', { headers: ['x-key', 'k', ...allowAll] });
  await world.ask('/a', { headers: [...allowAll, 'X-Key', 'k'] });
  expect(asked(world)).toBe(1);
});
