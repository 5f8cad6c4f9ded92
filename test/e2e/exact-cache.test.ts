import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { type AskedAuthorizer, askedAuthorizers } from '../support/asked-authorizers.ts';
import { type ClientCredentials, type DemoWorld, demoWorld } from '../support/demo-world.ts';
import { newApiKey, newClient } from '../support/operator.ts';
import { apiKey, bearer, type Presented } from '../support/presented.ts';

/** Method and path as they go over the wire. */
type Probe = `${string} /${string}`;

/** Every route of the demo. */
const routes: readonly Probe[] = [
  ...(['GET /healthz', 'GET /whoami', 'GET /orders', 'POST /orders', 'GET /orders/1'] as const),
  ...(['GET /orders/2', 'GET /orders/export', 'DELETE /orders/1', 'GET /reports/may'] as const),
  ...(['GET /partners/me', 'GET /transfers', 'GET /nowhere', 'GET /orders/1/items'] as const),
];

/** What could reach a route under a name that a policy does not have, or fit a glob that was not meant. */
const spellings: readonly Probe[] = [
  // Other verbs.
  ...(['HEAD /orders', 'PUT /orders', 'DELETE /orders', 'OPTIONS /orders'] as const),
  ...(['HEAD /orders/1', 'PATCH /orders/1', 'POST /orders/1', 'POST /orders/export'] as const),
  ...(['HEAD /orders/export', 'DELETE /orders/export', 'PUT /orders/export'] as const),
  // Empty segments.
  ...(['GET /', 'GET //', 'GET /orders/', 'GET /orders/1/', 'GET /orders/export/'] as const),
  ...(['GET //orders', 'GET /orders//1', 'GET /orders//export', 'GET //orders/export'] as const),
  // An encoded slash.
  ...(['GET /orders%2F1', 'GET /orders%2Fexport', 'GET /orders/%2Fexport'] as const),
  ...(['GET /orders/1%2F', 'GET /orders/export%2f', 'GET /orders/1%2Fexport'] as const),
  // Encoded letters.
  ...(['GET /orders/%65xport', 'GET /orders/expor%74', 'GET /%6Frders', 'POST /order%73'] as const),
  ...(['GET /%6frders/%65xport', 'GET /orders/%45xport', 'GET /orders/%31'] as const),
  // What is a wildcard in a policy.
  ...(['GET /*', 'GET /orders/*', 'GET /orders*', 'GET /orders/expor*', 'GET /*/export'] as const),
  ...(['GET /orders/%2A', 'GET /orders/expor%3F', 'GET /orders/?', 'GET /orders/export?'] as const),
  // What some servers take away.
  ...(['GET /orders/./export', 'GET /orders/../orders/export', 'GET /orders/export;v=1'] as const),
  ...(['GET /orders/..%2Forders', 'GET /ORDERS/export', 'GET /orders/Export'] as const),
  // The stage, which is part of the path at the default endpoint.
  ...(['GET /prod/orders', 'GET /prod/orders/export', 'GET /prod/prod/orders'] as const),
];

const probes = [...routes, ...spellings];
/** Where answers are replayed. */
const replayed: readonly Probe[] = [
  ...(['GET /orders', 'POST /orders', 'GET /orders/1', 'GET /orders/export'] as const),
];

let world: DemoWorld;
let asked: () => readonly AskedAuthorizer[];
let client: ClientCredentials;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

beforeAll(async () => {
  // A minute of the gateway's cache: nothing that is replayed here runs out.
  world = await demoWorld({ revocationLag: '65' });
  client = await newClient(world, ['other', ...scopes]);
  asked = askedAuthorizers(world);
}, 60_000);
afterAll(async () => {
  agent.destroy();
  await world.stop();
});

const scopes = ['orders:read', 'orders:write', 'orders:export', 'orders:admin', 'reports:read'];

/** A kind of credential: how a new one is made, which no cache has ever seen. */
interface Kind {
  readonly scope: readonly string[];
  readonly mint: () => Promise<Presented>;
}

const tokenOf = (...scope: readonly string[]): Kind => ({
  scope,
  mint: async () => bearer(await world.token(scope.join(' '), client)),
});

const keyOf = (...scope: readonly string[]): Kind => ({
  scope,
  mint: async () => apiKey((await newApiKey(world, { scope })).key),
});

const kinds: Readonly<Record<string, Kind>> = {
  'a token for nothing of it': tokenOf('other'),
  'a token that may read': tokenOf('orders:read'),
  'a token that may write and export': tokenOf('orders:write', 'orders:export'),
  'a token that may do everything': tokenOf(...scopes),
  'an API key that may read': keyOf('orders:read'),
};

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function call(api: string, probe: Probe, headers: Presented): Promise<Answer> {
  const space = probe.indexOf(' ');
  const [method, path] = [probe.slice(0, space), probe.slice(space + 1)];
  const { status, text } = await ask(api, path, { method, headers }, { agent });
  return { status, text };
}

/** What each probe is answered, one after the other. */
async function answersTo(
  api: string,
  headersFor: () => Promise<Presented>,
): Promise<ReadonlyMap<Probe, Answer>> {
  const answers = new Map<Probe, Answer>();
  for (const probe of probes) answers.set(probe, await call(api, probe, await headersFor()));
  return answers;
}

const statusesOf = (answers: ReadonlyMap<Probe, Answer>): object =>
  Object.fromEntries([...answers].map(([probe, { status }]) => [probe, status]));

/** What a backend hands out to nobody without this scope, however the request was spelt. */
const guarded: Readonly<Record<string, string>> = {
  '"csv":': 'orders:export',
  '"orders":[': 'orders:read',
  '"item":': 'orders:read',
  '"orderedBy":': 'orders:write',
  '"deleted":': 'orders:admin',
};

function expectNothingUnearned(answers: ReadonlyMap<Probe, Answer>, held: readonly string[]): void {
  for (const [mark, needed] of Object.entries(guarded)) {
    if (held.includes(needed)) continue;
    const opened = [...answers].filter(([, { text }]) => text.includes(mark));
    expect(opened).toEqual([]);
  }
}

describe.each([
  // One answer serves the whole API, or each route has one of its own.
  ['a REST API', () => world.restApi, [undefined]],
  [
    'an HTTP API',
    () => world.httpApi,
    ['GET /orders', 'GET /orders/export', 'GET /orders/{id}', 'POST /orders'],
  ],
] as const)('%s whose cache is on answers as if it had none', (_, apiOf, askedFor) => {
  test.each(Object.entries(kinds))('%s, whichever route was called first', async (_, kind) => {
    const api = apiOf();
    const fresh = await answersTo(api, kind.mint);
    expectNothingUnearned(fresh, kind.scope);
    for (const first of replayed) {
      const headers = await kind.mint();
      const before = asked().length;
      await call(api, first, headers);
      const warmed = await answersTo(api, async () => headers);
      expect({ first, ...statusesOf(warmed) }).toEqual({ first, ...statusesOf(fresh) });
      const mine = asked()
        .slice(before)
        .filter(({ authorization }) => authorization === headers[1]);
      // The authorizer that was warmed was never asked again for what it had said already.
      const warm = mine.filter(({ authorizer }) => authorizer === mine[0]?.authorizer);
      expect(warm.map(({ routeKey }) => routeKey).sort()).toEqual(askedFor);
      // Others, whose answers are not replayed, are asked each time.
      expect(mine.length).toBeGreaterThan(warm.length);
    }
  });
});

test('the run used no permission that a role does not have', () => {
  expect(world.hosted.endpoint.report().refused).toEqual([]);
});
