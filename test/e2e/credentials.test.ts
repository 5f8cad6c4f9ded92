import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeyedCertificate } from '../../local/tls/certificate-authority.ts';
import { type Asked, ask, type Reply } from '../support/ask.ts';
import { decisionOf } from '../support/decision-of.ts';
import { type DemoWorld, demoWorld, partnersDomain } from '../support/demo-world.ts';
import { forgedApiKey } from '../support/forged-api-key.ts';
import { type MadeUser, newApiKey, newClient, newUser, unique } from '../support/operator.ts';
import { askPartners, partnersAuthority } from '../support/partners.ts';
import { apiKey, basic, bearer, type Presented, xApiKey } from '../support/presented.ts';
import { seen } from '../support/seen.ts';
import { until } from '../support/until.ts';
import { openSocket } from '../support/web-socket-client.ts';

const scope = [
  ...['orders:read', 'orders:write', 'orders:export', 'orders:admin'],
  ...['reports:read', 'transfers:write'],
];
const personsPassword = 'skate-Øre-2026';

let world: DemoWorld;
/** What stands in the columns of the tables below. */
let presented: Readonly<Record<string, Presented>>;
let certificates: { readonly good: KeyedCertificate; readonly unknown: KeyedCertificate };
let token: string;

beforeAll(async () => {
  world = await demoWorld(partnersDomain, { environmentsMax: 4 });
  const client = await newClient(world, [...scope, 'other']);
  const [key, poorKey, program, person, poorUser, authority] = await Promise.all([
    newApiKey(world, { owner: 'key-owner', scope }),
    newApiKey(world, { scope: ['other'] }),
    newUser(world, { owner: 'program-owner', scope }),
    newUser(world, { owner: 'person-owner', scope, password: personsPassword }),
    newUser(world, { scope: ['other'] }),
    partnersAuthority(world),
  ]);
  token = await world.token(scope.join(' '), client);
  presented = {
    nobody: [],
    token: bearer(token),
    'poor token': bearer(await world.token('other', client)),
    key: apiKey(key.key),
    'x-api-key': xApiKey(key.key),
    'poor key': apiKey(poorKey.key),
    program: basic(program),
    person: basic(person),
    'poor user': basic(poorUser),
  };
  const good = await authority.issue({ commonName: 'partner', usage: 'client' });
  certificates = {
    good,
    unknown: await authority.issue({ commonName: 'somebody', usage: 'client' }),
  };
  await world.admin({
    ...{ command: 'certificates.add', certificate: good.certificatePem },
    ...{ owner: 'partner-owner', scope },
  });
}, 60_000);
afterAll(() => world.stop());

const columns = [
  ...['nobody', 'token', 'poor token', 'key', 'x-api-key', 'poor key'],
  ...['program', 'person', 'poor user'],
];

/** Method, path, and what each of the columns is answered. */
type Row = readonly [route: string, path: string, statuses: readonly number[]];

// 401: another credential may do. 403: this one is good and does not suffice.
const onRest: readonly Row[] = [
  ['GET /healthz', '/healthz', [200, 200, 200, 200, 200, 200, 200, 200, 200]],
  ['GET /whoami', '/whoami', [401, 200, 200, 200, 200, 200, 200, 200, 200]],
  ['GET /orders', '/orders', [401, 200, 403, 200, 401, 403, 401, 401, 401]],
  ['POST /orders', '/orders', [401, 201, 403, 403, 401, 403, 401, 401, 401]],
  ['GET /orders/{id}', '/orders/1', [401, 200, 403, 200, 401, 403, 401, 401, 401]],
  ['GET /orders/export', '/orders/export', [401, 200, 403, 403, 401, 403, 401, 401, 401]],
  ['DELETE /orders/{id}', '/orders/1', [401, 200, 403, 401, 401, 401, 401, 401, 401]],
  ['GET /reports/{name}', '/reports/may', [401, 401, 401, 200, 200, 403, 200, 200, 403]],
  ['GET /partners/me', '/partners/me', [401, 401, 401, 401, 401, 401, 401, 401, 401]],
  ['GET /transfers', '/transfers', [401, 403, 403, 401, 401, 401, 401, 401, 401]],
];

// An HTTP API knows 401 for nothing but a missing Authorization header, and only where it replays answers.
const onHttp: readonly Row[] = [
  ['GET /healthz', '/healthz', [200, 200, 200, 200, 200, 200, 200, 200, 200]],
  ['GET /whoami', '/whoami', [403, 200, 200, 200, 200, 200, 200, 200, 200]],
  ['GET /orders', '/orders', [401, 200, 403, 200, 401, 403, 403, 403, 403]],
  ['POST /orders', '/orders', [401, 201, 403, 403, 401, 403, 403, 403, 403]],
  ['GET /orders/{id}', '/orders/1', [401, 200, 403, 200, 401, 403, 403, 403, 403]],
  ['GET /orders/export', '/orders/export', [401, 200, 403, 403, 401, 403, 403, 403, 403]],
  ['DELETE /orders/{id}', '/orders/1', [403, 200, 403, 403, 403, 403, 403, 403, 403]],
  ['GET /reports/{name}', '/reports/may', [403, 403, 403, 200, 200, 403, 200, 200, 403]],
  ['GET /partners/me', '/partners/me', [403, 403, 403, 403, 403, 403, 403, 403, 403]],
  ['GET /transfers', '/transfers', [403, 403, 403, 403, 403, 403, 403, 403, 403]],
];

const withCertificate = ['pinned', 'unpinned', 'pinned and token'];
const onPartnersDomain: readonly Row[] = [
  ['GET /healthz', '/healthz', [200, 200, 200]],
  ['GET /whoami', '/whoami', [200, 401, 200]],
  ['GET /orders', '/orders', [401, 401, 200]],
  ['POST /orders', '/orders', [401, 401, 201]],
  ['GET /orders/{id}', '/orders/1', [401, 401, 200]],
  ['GET /orders/export', '/orders/export', [401, 401, 200]],
  ['DELETE /orders/{id}', '/orders/1', [401, 401, 200]],
  ['GET /reports/{name}', '/reports/may', [401, 401, 401]],
  ['GET /partners/me', '/partners/me', [200, 401, 401]],
  ['GET /transfers', '/transfers', [401, 401, 403]],
];

/** The statuses under the names of their columns, so that a difference says whose it is. */
function named(names: readonly string[], statuses: readonly number[]): Record<string, number> {
  return Object.fromEntries(names.map((name, index) => [name, statuses[index] ?? 0]));
}

const rest = (path: string, headers: Presented = [], more: Asked = {}) =>
  ask(world.restApi, path, { ...more, headers });
const http = (path: string, headers: Presented = [], more: Asked = {}) =>
  ask(world.httpApi, path, { ...more, headers });

describe('each route of the demo lets in whom its policy names', () => {
  /** Everybody at the same time. */
  async function statusesOn(api: typeof rest, route: string, path: string) {
    const [method = ''] = route.split(' ');
    const answers = columns.map((column) => api(path, presented[column], { method }));
    return named(
      columns,
      (await Promise.all(answers)).map(({ status }) => status),
    );
  }

  test.each(onRest)('REST API: %s', async (route, path, expected) => {
    expect(await statusesOn(rest, route, path)).toEqual(named(columns, expected));
  });

  test.each(onHttp)('HTTP API: %s', async (route, path, expected) => {
    expect(await statusesOn(http, route, path)).toEqual(named(columns, expected));
  });

  test.each(onPartnersDomain)('partners’ domain: %s', async (route, path, expected) => {
    const [method = ''] = route.split(' ');
    const answers = await Promise.all([
      askPartners(world, path, certificates.good, { method }),
      askPartners(world, path, certificates.unknown, { method }),
      askPartners(world, path, certificates.good, { method, headers: bearer(token) }),
    ]);
    const statuses = answers.map(({ status }) => status);
    expect(named(withCertificate, statuses)).toEqual(named(withCertificate, expected));
  });

  test('the backend is told who it is, whatever the credential', async () => {
    const owners: Readonly<Record<string, readonly [string, string]>> = {
      key: ['apikey', 'key-owner'],
      'x-api-key': ['apikey', 'key-owner'],
      program: ['basic', 'program-owner'],
      person: ['basic', 'person-owner'],
    };
    for (const [column, [scheme, owner]] of Object.entries(owners)) {
      for (const api of [rest, http]) {
        const { json } = await api('/whoami', presented[column]);
        const who = { scheme, issuer: world.issuer, subject: owner, clientId: owner, scope };
        expect(json).toMatchObject(who);
      }
    }
    const partner = await askPartners(world, '/partners/me', certificates.good);
    expect(partner.json).toMatchObject({ scheme: 'certificate', subject: 'partner-owner' });
    const both = await askPartners(world, '/whoami', certificates.good, { headers: bearer(token) });
    expect(both.json).toMatchObject({ scheme: 'bearer', scope });
  });
});

describe('two credentials in one request are refused, good as each of them is', () => {
  const both = (one: string, other: string): Presented => [
    ...(presented[one] ?? []),
    ...(presented[other] ?? []),
  ];

  test.each([
    ['in two headers', '/whoami', 'token', 'x-api-key'],
    ['in two headers of one scheme', '/whoami', 'key', 'x-api-key'],
    ['in one header twice', '/whoami', 'x-api-key', 'x-api-key'],
    ['in Authorization twice', '/whoami', 'key', 'program'],
    ['in Authorization twice, on a route that is replayed', '/orders', 'token', 'key'],
    ['the same one twice, on a route that is replayed', '/orders', 'token', 'token'],
  ])('%s: %s', async (_, path, one, other) => {
    for (const single of [one, other]) {
      expect((await rest(path, presented[single])).status).toBe(200);
      expect((await http(path, presented[single])).status).toBe(200);
    }
    expect((await rest(path, both(one, other))).status).toBe(401);
    expect((await http(path, both(one, other))).status).toBe(403);
  });

  test('a header that a route does not read does not count', async () => {
    expect((await rest('/orders', both('token', 'x-api-key'))).status).toBe(200);
    expect((await http('/orders', both('token', 'x-api-key'))).status).toBe(200);
  });
});

describe('a refusal says nothing of what was wrong', () => {
  /** On every route that accepts the scheme, on both APIs. */
  async function expectSameAnswers(
    paths: readonly string[],
    refused: Readonly<Record<string, Presented>>,
  ): Promise<void> {
    for (const [api, status] of [
      [rest, 401],
      [http, 403],
    ] as const) {
      for (const path of paths) {
        const answers = await Promise.all(
          Object.entries(refused).map(async ([name, headers]) => [
            name,
            seen(await api(path, headers)),
          ]),
        );
        const first = answers[0]?.[1];
        expect(first).toMatchObject({ status });
        for (const [name, answer] of answers) expect([name, answer]).toEqual([name, first]);
      }
    }
  }

  test('Basic: a wrong password, an unknown user, a user that is switched off', async () => {
    const [program, person, disabled] = await Promise.all([
      newUser(world),
      newUser(world, { password: personsPassword }),
      newUser(world),
    ]);
    await world.admin({ command: 'users.disable', username: disabled.username });
    await expectSameAnswers(['/whoami', '/reports/may'], {
      'wrong password of a person': basic({ ...person, password: 'wrong-password' }),
      'wrong password of a program': basic({ ...program, password: 'wrong-password' }),
      'unknown user': basic({ username: unique('nobody'), password: personsPassword }),
      'switched off': basic(disabled),
    });
  });

  test('API keys: unknown, altered, mistyped, of elsewhere, switched off, gone, for another API', async () => {
    const [key, disabled, deleted, elsewhere] = await Promise.all([
      newApiKey(world, { scope }),
      newApiKey(world, { scope }),
      newApiKey(world, { scope }),
      newApiKey(world, { scope, resources: ['https://other.example.com'] }),
    ]);
    await world.admin({ command: 'api-keys.disable', key_id: disabled.keyId });
    await world.admin({ command: 'api-keys.delete', key_id: deleted.keyId });
    await expectSameAnswers(['/whoami', '/orders', '/reports/may'], {
      unknown: apiKey(forgedApiKey()),
      'another secret': apiKey(forgedApiKey({ keyId: key.keyId })),
      mistyped: apiKey(key.key.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
      'of another environment': apiKey(forgedApiKey({ environment: 'live' })),
      'switched off': apiKey(disabled.key),
      gone: apiKey(deleted.key),
      'for another API': apiKey(elsewhere.key),
    });
  });
});

describe('what an operator ties a credential to', () => {
  test('addresses: refused where answers are replayed, decided by the address elsewhere', async () => {
    const everywhere = { scope, addresses: ['127.0.0.0/8', '::1'] };
    const elsewhere = { scope, addresses: ['192.0.2.0/24'] };
    const [near, nearUser, far, farUser] = await Promise.all([
      newApiKey(world, everywhere),
      newUser(world, everywhere),
      newApiKey(world, elsewhere),
      newUser(world, elsewhere),
    ]);
    for (const api of [rest, http]) {
      for (const path of ['/whoami', '/reports/may']) {
        for (const headers of [apiKey(near.key), xApiKey(near.key), basic(nearUser)]) {
          expect((await api(path, headers)).status).toBe(200);
        }
        for (const headers of [apiKey(far.key), xApiKey(far.key), basic(farUser)]) {
          expect((await api(path, headers)).status).toBe(403);
        }
      }
      for (const path of ['/orders', '/orders/1']) {
        expect((await api(path, apiKey(near.key))).status).toBe(403);
        expect((await api(path, apiKey(far.key))).status).toBe(403);
      }
    }
    const refused = await rest('/orders', apiKey(near.key));
    expect(refused.json).toMatchObject({ error: 'access_denied' });
  });

  test('a tier: whoever has used it up is answered 429 by the REST API, and nobody else (RFC 6585 §4)', async () => {
    const trial = await newApiKey(world, { scope, tier: 'trial' });
    const calls = Array.from({ length: 12 }, (_, index) =>
      rest(index % 2 === 0 ? '/orders' : '/whoami', apiKey(trial.key)),
    );
    const answers = await Promise.all(calls);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { status, headers, json } of refused) {
      expect(status).toBe(429);
      expect(headers).toMatchObject({ 'retry-after': '5', 'content-type': 'application/json' });
      expect(json).toEqual({ error: 'rate_limited', request_id: headers['x-amzn-requestid'] });
    }
    for (const column of ['key', 'token']) {
      expect((await rest('/orders', presented[column])).status).toBe(200);
    }
    // An HTTP API has no usage plans.
    const unmetered = await Promise.all(calls.map(() => http('/orders', apiKey(trial.key))));
    expect(unmetered.every(({ status }) => status === 200)).toBe(true);
    const later = async () => (await rest('/orders', apiKey(trial.key))).status;
    await expect.poll(later, { timeout: 10_000 }).toBe(200);
  });
});

describe('wrong passwords', () => {
  const wrong = ({ username }: MadeUser) =>
    rest('/whoami', basic({ username, password: 'wrong-password' }));

  test('four of them lock nobody out', async () => {
    const user = await newUser(world, { password: personsPassword });
    for (let count = 0; count < 4; count += 1) expect((await wrong(user)).status).toBe(401);
    for (const api of [rest, http]) expect((await api('/whoami', basic(user))).status).toBe(200);
  });

  test('from the fifth on the right one is refused for a moment, like a wrong one, and works again then', async () => {
    const [user, other] = await Promise.all([
      newUser(world, { password: personsPassword }),
      newUser(world),
    ]);
    const right = () => Promise.all([rest('/whoami', basic(user)), http('/whoami', basic(user))]);
    // The lock doubles with each failure: with some more than five there is time to look at it.
    let missing = 7;
    let failure: Reply | undefined;
    const lockedOut = async () => {
      [failure] = await Promise.all(Array.from({ length: missing }, () => wrong(user)));
      missing = 1;
      const answers = await right();
      for (const api of [rest, http]) expect((await api('/whoami', basic(other))).status).toBe(200);
      return answers;
    };
    const locked = await until(lockedOut, (all) => all.every(({ status }) => status !== 200));
    expect(locked.map(({ status }) => status)).toEqual([401, 403]);
    for (const reply of locked) {
      expect(await decisionOf(world, reply)).toMatchObject({ reason: 'locked' });
    }
    expect(locked.map(seen)[0]).toEqual(failure && seen(failure));
    const again = await until(right, (all) => all.every(({ status }) => status === 200));
    expect(again.map(({ status }) => status)).toEqual([200, 200]);
  });
});

test('the run used no permission that a role does not have, and every permission of the authorizer', async () => {
  const { socket, closed } = await openSocket(world.hosted.urls.webSocketApi, {
    headers: { authorization: `Bearer ${token}` },
  });
  socket.close();
  await closed;
  const { refused, unused } = world.hosted.endpoint.report();
  expect(refused).toEqual([]);
  // Its own log group is written by Lambda itself.
  const ofAuthorizer = unused
    .filter(({ logicalId }) => logicalId.startsWith('Authorizer'))
    .map(({ statement }) => JSON.stringify(statement))
    .filter((text) => !text.includes('logs:'));
  expect(ofAuthorizer).toEqual([]);
});
