import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type Reply } from '../support/ask.ts';
import { decisionOf } from '../support/decision-of.ts';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';
import { type MadeApiKey, newApiKey, newUser } from '../support/operator.ts';
import { apiKey, basic, type Presented } from '../support/presented.ts';
import { printedBounds } from '../support/printed-bounds.ts';
import { seen } from '../support/seen.ts';
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
  // Two seconds of the gateway's cache beside the five that an authorizer may remember.
  world = await demoWorld({ revocationLag: '7' });
  bound = printedBounds(world.assembly);
  const seconds = 6;
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

const usesOfUser = (user: Parameters<typeof basic>[0]): readonly Use[] =>
  usesOf(basic(user), { 'GET /whoami': '/whoami' });

const use = async ({ api, path, headers }: Use): Promise<number> =>
  (await call(api, path, headers)).status;

/**
 * How a use ends once it is refused; it has as long as the deployment prints for its route.
 *
 * @param end epoch seconds of the withdrawal @default now
 */
async function refusalOf(
  { api, route, path, headers }: Use,
  end = Date.now() / 1_000,
): Promise<string> {
  const reply = await until(
    () => call(api, path, headers),
    ({ status }) => status !== 200,
    { timeoutSeconds: end - Date.now() / 1_000 + bound(api, route), everyMilliseconds: 400 },
  );
  if (reply.status === 200) return 'still let in';
  return `${reply.status} ${(await decisionOf(world, reply)).reason}`;
}

/** A way to withdraw a credential that was used everywhere, and the reason that the log gives from then on. */
interface Withdrawal {
  readonly reason: string;
  readonly make: () => Promise<{ readonly uses: readonly Use[]; readonly command: object }>;
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
  return { uses: usesOfKey(key), command: { command, key_id: key.keyId, ...more } };
}

function ofUser(user: Parameters<typeof basic>[0], command: string, more: object = {}) {
  return { uses: usesOfUser(user), command: { command, username: user.username, ...more } };
}

describe('is let in at first, and refused within the bound that the deployment prints', () => {
  interface Outcome {
    readonly before: readonly number[];
    readonly refusals: readonly string[];
    /** Asked once more, all at the same time, so that many environments are asked. */
    readonly after: readonly number[];
  }
  /** All of them at once: the wait is the same for all. */
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    await Promise.all(
      Object.entries(withdrawals).map(async ([name, { make }]) => {
        const { uses, command } = await make();
        const before = await Promise.all(uses.map(use));
        await world.admin({ ...command });
        const refusals = await Promise.all(uses.map((one) => refusalOf(one)));
        outcomes.set(name, { before, refusals, after: await Promise.all(uses.map(use)) });
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

describe('wrong passwords', () => {
  const wrong = (username: string) =>
    call('rest', '/whoami', basic({ username, password: 'wrong-password' }));

  test('four of them lock nobody out', async () => {
    const user = await newUser(world, { password });
    for (let count = 0; count < 4; count += 1) {
      expect((await wrong(user.username)).status).toBe(401);
    }
    for (const api of apis) expect((await call(api, '/whoami', basic(user))).status).toBe(200);
  });

  test('after more of them the right one is refused for a moment like a wrong one, and works again then', async () => {
    const [user, other] = await Promise.all([newUser(world, { password }), newUser(world)]);
    const counted = new Map<string, Reply>();
    const fail = async () => {
      const missing = Array.from({ length: 7 - counted.size }, () => wrong(user.username));
      for (const reply of await Promise.all(missing)) {
        const { reason, decisionId } = await decisionOf(world, reply);
        if (reason === 'bad_password') counted.set(decisionId, reply);
      }
      return [...counted.values()];
    };
    // The lock doubles with each failure from the fifth on: after seven there is time to look at it.
    const failures = await until(fail, ({ length }) => length === 7);
    expect(failures).toHaveLength(7);
    const [onRest, onHttp] = await Promise.all(
      apis.map((api) => call(api, '/whoami', basic(user))),
    );
    for (const [reply, status] of [
      [onRest, 401],
      [onHttp, 403],
    ] as const) {
      if (reply === undefined) throw new Error('nobody answered');
      expect(reply.status).toBe(status);
      expect((await decisionOf(world, reply)).reason).toBe('locked');
      if (status === 401)
        for (const failure of failures) expect(seen(reply)).toEqual(seen(failure));
    }
    for (const api of apis) expect((await call(api, '/whoami', basic(other))).status).toBe(200);
    for (const api of apis) {
      const again = await until(
        () => call(api, '/whoami', basic(user)),
        ({ status }) => status === 200,
      );
      expect(again.status).toBe(200);
    }
  });
});

describe('an API key that ends by itself was let in before, and is refused within the bound', () => {
  test.each(['expiry', 'grace'])('after its %s', async (name) => {
    const { uses = [], end = 0 } = ending[name] ?? {};
    const refusals = await Promise.all(uses.map((one) => refusalOf(one, end)));
    expect(new Set(refusals)).toEqual(new Set(['401 key_expired', '403 key_expired']));
  });
});
