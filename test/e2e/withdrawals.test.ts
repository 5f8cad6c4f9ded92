import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type Reply } from '../support/ask.ts';
import { askAsClient } from '../support/ask-as-client.ts';
import { decisionOf } from '../support/decision-of.ts';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';
import { type MadeApiKey, newApiKey, newClient, newUser } from '../support/operator.ts';
import { apiKey, basic, bearer, type Presented } from '../support/presented.ts';
import { printedBounds } from '../support/printed-bounds.ts';
import { until } from '../support/until.ts';

type Api = 'rest' | 'http';

const apis: readonly Api[] = ['rest', 'http'];
const scope = ['orders:read', 'reports:read'];
const password = 'skate-Øre-2026';

let world: DemoWorld;
let bound: ReturnType<typeof printedBounds>;
/** Keys that end by themselves, made first: they run out while other tests are busy. */
let ending: Readonly<Record<string, { readonly uses: readonly Use[]; readonly end: number }>>;

beforeAll(async () => {
  // Two seconds of the gateway's cache beside the one that what is known of the log may be old. Few environments, so that those
  // which are asked in the end are those that were asked in the beginning.
  world = await demoWorld({ revocationLag: '3' }, { environmentsMax: 2 });
  bound = printedBounds(world.assembly);
  const seconds = 8;
  const expiring = await newApiKey(world, { scope, expires_in: seconds });
  const old = await newApiKey(world, { scope });
  const roll = { command: 'api-keys.roll', key_id: old.keyId, grace: seconds };
  const { replaces } = await world.admin(roll);
  const shown = await world.admin({ command: 'api-keys.show', key_id: expiring.keyId });
  ending = {
    expiry: { uses: usesOfKey(expiring), end: Number(shown.expires_at) },
    grace: { uses: usesOfKey(old), end: (replaces as { works_until: number }).works_until },
  };
  for (const { uses } of Object.values(ending)) {
    expect(new Set(await Promise.all(uses.map(use)))).toEqual(new Set([200]));
  }
}, 60_000);
afterAll(() => world.stop());

function call(api: Api, path: string, headers: Presented): Promise<Reply> {
  return ask(api === 'rest' ? world.restApi : world.httpApi, path, { headers });
}

/** A route that a credential is used on. */
interface Use {
  readonly api: Api;
  readonly route: string;
  readonly path: string;
  readonly headers: Presented;
}

function usesOf(headers: Presented, routes: Readonly<Record<string, string>>): readonly Use[] {
  return apis.flatMap((api) =>
    Object.entries(routes).map(([route, path]) => ({ api, route, path, headers })),
  );
}

/** Of a key: where nothing is replayed, and where one answer serves several routes. */
const usesOfKey = ({ key }: Pick<MadeApiKey, 'key'>): readonly Use[] =>
  usesOf(apiKey(key), {
    'GET /whoami': '/whoami',
    'GET /orders': '/orders',
    'GET /orders/{id}': '/orders/1',
  });

const usesOfToken = (token: string): readonly Use[] =>
  usesOf(bearer(token), { 'GET /whoami': '/whoami', 'GET /orders': '/orders' });

const usesOfUser = (user: Parameters<typeof basic>[0]): readonly Use[] =>
  usesOf(basic(user), { 'GET /whoami': '/whoami' });

const use = async ({ api, path, headers }: Use): Promise<number> =>
  (await call(api, path, headers)).status;

/** All at the same time, and again, so that every environment is asked. */
async function allTwice(uses: readonly Use[]): Promise<readonly number[]> {
  return [...(await Promise.all(uses.map(use))), ...(await Promise.all(uses.map(use)))];
}

/**
 * The first answer that lets a use in no more; it has as long as the deployment prints for its route.
 *
 * @param end epoch seconds of the withdrawal
 */
function lastAnswer({ api, route, path, headers }: Use, end: number): Promise<Reply> {
  return until(
    () => call(api, path, headers),
    ({ status }) => status !== 200,
    { timeoutSeconds: end - Date.now() / 1_000 + bound(api, route), everyMilliseconds: 400 },
  );
}

/** Status, and the reason in the record of the decision. */
async function refusalOf(reply: Reply): Promise<string> {
  if (reply.status === 200) return 'still let in';
  return `${reply.status} ${(await decisionOf(world, reply)).reason}`;
}

/** A way to withdraw a credential that was used everywhere, and the reason that the log gives from then on. */
interface Withdrawal {
  readonly reason: string;
  readonly make: () => Promise<Made>;
}

interface Made {
  readonly uses: readonly Use[];
  readonly withdraw: () => Promise<unknown>;
}

const withdrawals: Readonly<Record<string, Withdrawal>> = {
  'an API key that is switched off': {
    reason: 'key_disabled',
    make: async () => ofKey(await newApiKey(world, { scope }), 'api-keys.disable'),
  },
  'an API key that is deleted': {
    reason: 'key_unknown',
    make: async () => ofKey(await newApiKey(world, { scope }), 'api-keys.delete'),
  },
  'an API key that is rolled without a grace': {
    reason: 'key_expired',
    make: async () => ofKey(await newApiKey(world, { scope }), 'api-keys.roll', { grace: 0 }),
  },
  'an API key that its owner gives back': {
    reason: 'key_disabled',
    make: async () => {
      const key = await newApiKey(world, { scope, owner: world.clientId });
      return { uses: usesOfKey(key), withdraw: () => revoked(key.key) };
    },
  },
  'an access token that an operator revokes': {
    reason: 'revoked',
    make: async () => {
      const token = await world.token('orders:read');
      const { jti: id, exp: expires_at } = claimsOf(token);
      return ofToken(token, { command: 'revocations.add', level: 'token', id, expires_at });
    },
  },
  'every token of a client that is switched off': {
    reason: 'revoked',
    make: async () => {
      const own = await newClient(world, scope);
      const token = await world.token(undefined, own);
      return ofToken(token, { command: 'clients.disable', client_id: own.clientId });
    },
  },
  'every token of a subject': {
    reason: 'revoked',
    make: async () => {
      const own = await newClient(world, scope);
      const token = await world.token(undefined, own);
      return ofToken(token, { command: 'revocations.add', level: 'subject', id: own.clientId });
    },
  },
  'an access token that its client gives back': {
    reason: 'revoked',
    make: async () => {
      const token = await world.token('orders:read');
      return { uses: usesOfToken(token), withdraw: () => revoked(token) };
    },
  },
  'a user that is switched off': {
    reason: 'key_disabled',
    make: async () => ofUser(await newUser(world, { password }), 'users.disable'),
  },
  'a user that is deleted': {
    reason: 'key_unknown',
    make: async () => ofUser(await newUser(world), 'users.delete'),
  },
  'the password of a person who was given another': {
    reason: 'bad_password',
    make: async () =>
      ofUser(await newUser(world, { password }), 'users.set-password', { password: 'another-Øre' }),
  },
  'the password of a program after another was drawn': {
    reason: 'bad_password',
    make: async () => ofUser(await newUser(world), 'users.set-password'),
  },
};

function ofKey(key: MadeApiKey, command: string, more: object = {}) {
  return {
    uses: usesOfKey(key),
    withdraw: () => world.admin({ command, key_id: key.keyId, ...more }),
  };
}

function ofUser(user: Parameters<typeof basic>[0], command: string, more: object = {}) {
  return {
    uses: usesOfUser(user),
    withdraw: () => world.admin({ command, username: user.username, ...more }),
  };
}

function ofToken(token: string, command: Readonly<Record<string, unknown>>): Made {
  return { uses: usesOfToken(token), withdraw: () => world.admin(command) };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** RFC 7009, by the client of this world. Introspection (RFC 7662) knows at once. */
async function revoked(token: string): Promise<void> {
  const asClient = (path: string) => askAsClient(world, path, { token });
  expect((await asClient('/oauth2/introspect')).json).toMatchObject({ active: true });
  expect(await asClient('/oauth2/revoke')).toMatchObject({ status: 200, json: {} });
  expect((await asClient('/oauth2/introspect')).json).toEqual({ active: false });
}

describe('is let in at first, and refused within the bound that the deployment prints', () => {
  interface Outcome {
    readonly before: readonly number[];
    readonly refusals: readonly string[];
    readonly after: readonly number[];
  }
  /** All of them at once: the wait is the same for all. */
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    await Promise.all(
      Object.entries(withdrawals).map(async ([name, { make }]) => {
        const { uses, withdraw } = await make();
        const before = await allTwice(uses);
        await withdraw();
        const end = Date.now() / 1_000;
        const refusals = await Promise.all(
          uses.map(async (one) => refusalOf(await lastAnswer(one, end))),
        );
        // One environment has refused by now; others have until the bound to do so.
        const after = await until(
          () => allTwice(uses),
          (statuses) => !statuses.includes(200),
          { timeoutSeconds: end - Date.now() / 1_000 + bound('rest', 'GET /orders') },
        );
        outcomes.set(name, { before, refusals, after });
      }),
    );
  });

  test.each(Object.entries(withdrawals))('%s', (name, { reason }) => {
    const { before, refusals, after } = outcomes.get(name) ?? {};
    expect(new Set(before)).toEqual(new Set([200]));
    expect(new Set(refusals)).toEqual(new Set([`401 ${reason}`, `403 ${reason}`]));
    expect(new Set(after)).toEqual(new Set([401, 403]));
  });
});

describe('what replaces a credential', () => {
  test('a rolled key and its successor both work in the overlap, and the log tells them apart', async () => {
    const old = await newApiKey(world, { scope, owner: 'reports' });
    const command = { command: 'api-keys.roll', key_id: old.keyId };
    const { api_key, replaces } = await world.admin(command);
    expect(replaces).toMatchObject({ works_until: expect.any(Number) });
    for (const uses of [usesOfKey(old), usesOfKey({ key: String(api_key) })]) {
      expect(new Set(await Promise.all(uses.map(use)))).toEqual(new Set([200]));
    }
    for (const api of apis) {
      const before = await call(api, '/whoami', apiKey(old.key));
      const after = await call(api, '/whoami', apiKey(String(api_key)));
      // To the backend nothing has changed.
      for (const { json } of [before, after]) expect(json).toMatchObject({ subject: 'reports' });
      expect(await decisionOf(world, before)).toMatchObject({ isReplaced: true });
      expect(await decisionOf(world, after)).not.toHaveProperty('isReplaced');
    }
  });

  test('a password that is set anew works within the bound', async () => {
    const user = await newUser(world, { password });
    expect((await call('rest', '/whoami', basic(user))).status).toBe(200);
    const { password: drawn } = await world.admin({
      ...{ command: 'users.set-password', username: user.username },
    });
    const renewed = basic({ ...user, password: String(drawn) });
    for (const api of apis) {
      const reply = await until(
        () => call(api, '/whoami', renewed),
        ({ status }) => status === 200,
        { timeoutSeconds: bound(api, 'GET /whoami'), everyMilliseconds: 400 },
      );
      expect(reply.status).toBe(200);
    }
  });
});

describe('an API key that ends by itself was let in before, and is refused within the bound', () => {
  test.each(['expiry', 'grace'])('after its %s', async (name) => {
    const { uses = [], end = 0 } = ending[name] ?? {};
    await Promise.all(
      uses.map(async (one) => {
        const answer = await lastAnswer(one, end);
        // Where a replayed answer lets it in still, the backend looks at the time by itself.
        expect([401, 403]).toContain(answer.status);
        if (one.route !== 'GET /whoami') return;
        // Nothing is replayed here. In its last second the authorizer may have let it in, and the backend not any more.
        const isBackends = (await refusalOf(answer)).endsWith('undefined');
        const refused = isBackends ? await lastAnswer(one, end) : answer;
        expect(await refusalOf(refused)).toMatch(/^40[13] key_expired$/);
      }),
    );
  });
});
