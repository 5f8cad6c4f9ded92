import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../local/aws/fault.ts';
import type {
  CertificateAuthority,
  KeyedCertificate,
} from '../../local/tls/certificate-authority.ts';
import { ask, type Reply } from '../support/ask.ts';
import { type DemoWorld, demoWorld, partnersDomain } from '../support/demo-world.ts';
import { forgedApiKey } from '../support/forged-api-key.ts';
import { newApiKey, newUser, unique } from '../support/operator.ts';
import { askPartners, partnersAuthority } from '../support/partners.ts';
import { apiKey, basic, type Presented, xApiKey } from '../support/presented.ts';
import { until } from '../support/until.ts';

const scope = ['orders:read', 'reports:read'];
const password = 'skate-Øre-2026';

let world: DemoWorld;
let authority: CertificateAuthority;

beforeAll(async () => {
  world = await demoWorld(partnersDomain);
  authority = await partnersAuthority(world);
}, 60_000);
afterAll(() => world.stop());

interface Call {
  readonly path: string;
  readonly headers: Presented;
}

/** New credentials of every kind, that nothing remembers, each on a route that accepts it. */
async function newCallers() {
  const [key, program, person, certificate] = await Promise.all([
    newApiKey(world, { scope }),
    newUser(world, { scope }),
    newUser(world, { scope, password }),
    newCertificate(),
  ]);
  const calls = {
    'an API key': { path: '/whoami', headers: apiKey(key.key) },
    'an API key in x-api-key': { path: '/reports/may', headers: xApiKey(key.key) },
    'an API key where answers are replayed': { path: '/orders', headers: apiKey(key.key) },
    'a program': { path: '/whoami', headers: basic(program) },
    'a person': { path: '/reports/may', headers: basic(person) },
  } satisfies Readonly<Record<string, Call>>;
  return { calls, certificate };
}

async function newCertificate(): Promise<KeyedCertificate> {
  const issued = await authority.issue({ commonName: unique('partner'), usage: 'client' });
  await world.admin({
    ...{ command: 'certificates.add', certificate: issued.certificatePem, scope },
  });
  return issued;
}

const rest = ({ path, headers }: Call) => ask(world.restApi, path, { headers });
const http = ({ path, headers }: Call) => ask(world.httpApi, path, { headers });

/** Who → status, for all of them at once. */
async function statuses(
  calls: Readonly<Record<string, Call>>,
  api: (call: Call) => Promise<Reply>,
): Promise<Readonly<Record<string, number>>> {
  const answers = Object.entries(calls).map(
    async ([who, call]) => [who, (await api(call)).status] as const,
  );
  return Object.fromEntries(await Promise.all(answers));
}

const all = (calls: Readonly<Record<string, Call>>, status: number) =>
  Object.fromEntries(Object.keys(calls).map((who) => [who, status]));

/** RFC 9110 §15.6.4, and nothing that would make a client throw its credential away. */
function expectUnavailable({ status, headers, json }: Reply): void {
  expect(status).toBe(503);
  expect(headers['retry-after']).toBe('5');
  expect(headers['www-authenticate']).toBeUndefined();
  expect(json).toMatchObject({ error: 'temporarily_unavailable' });
}

const faults: Readonly<Record<string, Fault>> = {
  throttles: { kind: 'throttle' },
  'answers 500': { kind: 'error', when: 'before', status: 500 },
  'resets connections': { kind: 'reset', when: 'before' },
  'answers garbage': { kind: 'garbage' },
  'denies access': { kind: 'access-denied' },
};

describe('while credentials cannot be read', () => {
  test.each(Object.entries(faults))(
    'because DynamoDB %s: 503 with Retry-After on REST APIs, 500 on the HTTP API, never a no; then it heals',
    async (_, fault) => {
      const { calls, certificate } = await newCallers();
      const asked: Readonly<Record<string, Call>> = {
        ...calls,
        'a key that nobody was given': { path: '/whoami', headers: apiKey(forgedApiKey()) },
        'a user that does not exist': {
          path: '/whoami',
          headers: basic({ username: unique('nobody'), password }),
        },
      };
      const heal = world.hosted.endpoint.inject({ operation: 'dynamodb:GetItem', fault });
      const [onRest, onHttp, onDomain] = await Promise.all([
        Promise.all(Object.values(asked).map(rest)),
        statuses(asked, http),
        askPartners(world, '/partners/me', certificate),
      ]);
      for (const answer of [...onRest, onDomain]) expectUnavailable(answer);
      expect(onHttp).toEqual(all(asked, 500));
      // What is no key of this deployment was never looked up.
      const mistyped = { path: '/whoami', headers: apiKey(`${forgedApiKey()}0`) };
      expect((await rest(mistyped)).status).toBe(401);
      heal();
      const healed = await until(
        () => statuses(calls, rest),
        (seen) => Object.values(seen).every((status) => status === 200),
      );
      expect(healed).toEqual(all(calls, 200));
      expect(await statuses(calls, http)).toEqual(all(calls, 200));
      expect((await askPartners(world, '/partners/me', certificate)).status).toBe(200);
    },
  );
});

describe('while nothing can be counted', () => {
  test.each<[string, Fault]>([
    ['answers 500', { kind: 'error', when: 'before', status: 500 }],
    ['does not answer', { kind: 'hang', when: 'before' }],
  ])(
    'because the Counters table %s: what cannot be guessed is let in, and no password that could be is looked at',
    async (_, fault) => {
      const { calls, certificate } = await newCallers();
      const { 'a person': person, ...others } = calls;
      const guesses = {
        'a person': person,
        'a user that does not exist': {
          path: '/whoami',
          headers: basic({ username: unique('nobody'), password }),
        },
      };
      const before = faultsAt().length;
      const heal = world.hosted.endpoint.inject({
        ...{
          operation: /^dynamodb:(?:GetItem|UpdateItem)$/,
          body: /"pk":\{"S":"(?:LIM|SEEN)#/,
          fault,
        },
      });
      expect(await statuses(others, rest)).toEqual(all(others, 200));
      expect(await statuses(others, http)).toEqual(all(others, 200));
      expect((await askPartners(world, '/partners/me', certificate)).status).toBe(200);
      for (const answer of await Promise.all(Object.values(guesses).map(rest))) {
        expectUnavailable(answer);
      }
      expect(await statuses(guesses, http)).toEqual(all(guesses, 500));
      heal();
      expect(await statuses(calls, rest)).toEqual(all(calls, 200));
      const said = () => new Set(faultsAt().slice(before));
      await expect.poll(said, { timeout: 5_000 }).toEqual(new Set(['last use', 'authorizer']));
    },
  );

  /** Where the authorizer has met a fault. */
  function faultsAt(): readonly string[] {
    return world.logged
      .filter(({ from, line }) => from.startsWith('Authorizer') && line.includes('"fault"'))
      .map(({ line }) => String((JSON.parse(line) as { where?: unknown }).where));
  }
});

test('the run used no permission that a role does not have', () => {
  expect(world.hosted.endpoint.report().refused).toEqual([]);
});
