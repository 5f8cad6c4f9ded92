import { crc32 } from 'node:zlib';
import { base62 } from '../../functions/core/base62.ts';
import { certificateAuthority, expired } from './certificates.ts';
import type { Message, OutcomesWorld, Surface, Told } from './outcomes-world.ts';

/** Makes one outcome happen at one surface. */
export type Provoke = (world: OutcomesWorld, surface: Surface) => Promise<Told>;

export interface Outcome {
  readonly name: string;
  /** How to get there, or why nobody can. */
  readonly at: (surface: Surface) => Provoke | Obstacle;
}

/** Why an outcome cannot be had at a surface. */
export const obstacles = {
  noCertificate: 'A certificate counts behind mutual TLS alone.',
  asOnRest:
    'Tokens, keys and users are answered on this domain as on a REST API whose answers are not cached.',
  noMessage: 'What is no certificate makes no handshake.',
  neverCached: 'A route that demands or accepts this is never cached: see the column beside.',
  oneHeader:
    'A TOKEN authorizer sees one header and nothing else, so synth refuses routes behind it that demand or accept this.',
  noUsagePlans: 'HTTP APIs and WebSocket APIs have no usage plans.',
} as const;

export type Obstacle = keyof typeof obstacles;

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** Sends what does not depend on the surface. */
const sending =
  (messageOf: (world: OutcomesWorld, surface: Surface) => Message | Promise<Message>): Provoke =>
  async (world, surface) =>
    world.send(surface, await messageOf(world, surface));

/** The same once before, so that there is nothing left. */
const sendingTwice =
  (messageOf: (world: OutcomesWorld, surface: Surface) => Message | Promise<Message>): Provoke =>
  async (world, surface) => {
    const message = await messageOf(world, surface);
    await world.send(surface, message);
    return world.send(surface, message);
  };

/** What comes in a header, and what comes with a certificate. */
function by(
  header: Provoke | Obstacle,
  certificate: Provoke | Obstacle,
  exceptions: Partial<Record<Surface, Provoke | Obstacle>> = {},
): Outcome['at'] {
  return (surface) => exceptions[surface] ?? (surface === 'mutual TLS' ? certificate : header);
}

const inHeader = (provoke: Provoke): Outcome['at'] => by(provoke, 'asOnRest');
const inCertificate = (provoke: Provoke): Outcome['at'] => by('noCertificate', provoke);

const bearer = (claims?: Readonly<Record<string, unknown>>): Provoke =>
  sending(({ token }) => ({ authorization: `Bearer ${token(claims)}` }));

const pinned = (members?: Readonly<Record<string, unknown>>, path?: string): Provoke =>
  sending(async (world) => ({
    certificate: await world.pinned(members),
    ...(path === undefined ? {} : { path }),
  }));

/** What a route must not demand or accept where its answers are to come from a cache. */
const uncacheable = {
  'REST, cached': 'neverCached',
  'HTTP API, cached': 'neverCached',
  'REST, TOKEN': 'oneHeader',
} as const;

const withPassword = (provoke: Provoke): Outcome['at'] => by(provoke, 'asOnRest', uncacheable);

const withoutUsagePlans = {
  'HTTP API, cached': 'noUsagePlans',
  'HTTP API, not cached': 'noUsagePlans',
  'WebSocket $connect': 'noUsagePlans',
} as const;

const metered = (tier: string): Outcome['at'] =>
  by(
    sendingTwice(async ({ apiKey }) => ({ authorization: await apiKey({ tier }) })),
    sendingTwice(async (world) => ({ certificate: await world.pinned({ tier }) })),
    withoutUsagePlans,
  );

/** Something that nobody has looked up before, while the table of the credentials cannot be read. */
const whileDown =
  (messageOf: (world: OutcomesWorld) => Promise<Message>): Provoke =>
  async (world, surface) => {
    const message = await messageOf(world);
    const heal = world.inject({
      ...{ operation: 'dynamodb:GetItem', body: /AK#|CP#/ },
      fault: { kind: 'error', when: 'before', status: 500 },
    });
    try {
      return await world.send(surface, message);
    } finally {
      heal();
    }
  };

export const outcomes: readonly Outcome[] = [
  { name: 'allowed', at: by(bearer(), pinned()) },
  {
    name: 'no credential',
    at: by(
      sending(() => ({})),
      sending(() => ({})),
    ),
  },
  {
    name: 'malformed credential',
    at: by(
      sending(() => ({ authorization: 'Bearer not.a.token' })),
      'noMessage',
    ),
  },
  {
    name: 'two credentials',
    at: by(
      sending(({ token }) => ({ authorization: [`Bearer ${token()}`, `Bearer ${token()}`] })),
      sending(async (world) => ({
        certificate: await world.pinned(),
        authorization: [`Bearer ${world.token()}`, `Bearer ${world.token()}`],
      })),
    ),
  },
  {
    name: 'another scheme',
    at: by(
      sending(() => ({ authorization: 'Digest username="x"' })),
      sending(async (world) => ({
        certificate: await world.pinned(),
        authorization: 'Digest username="x"',
      })),
    ),
  },
  {
    name: 'token: wrong signature',
    at: inHeader(
      sending(({ token }) => {
        const [header, payload] = token().split('.');
        const [, , signature] = token().split('.');
        return { authorization: `Bearer ${header}.${payload}.${signature}` };
      }),
    ),
  },
  {
    name: 'token: unknown key',
    at: inHeader(
      sending(({ token }) => {
        const header = { typ: 'at+jwt', alg: 'RS256', kid: 'nobody' };
        const [, payload, signature] = token().split('.');
        const head = Buffer.from(JSON.stringify(header)).toString('base64url');
        return { authorization: `Bearer ${head}.${payload}.${signature}` };
      }),
    ),
  },
  { name: 'token: unknown issuer', at: inHeader(bearer({ iss: 'https://evil.example' })) },
  { name: 'token: expired', at: inHeader(bearer({ iat: 1_600_000_000, exp: 1_600_000_600 })) },
  { name: 'token: bound to a key', at: inHeader(bearer({ cnf: { jkt: 'x'.repeat(43) } })) },
  {
    name: 'API key: wrong secret',
    at: inHeader(sending(async ({ apiKey }) => ({ authorization: guessed(await apiKey()) }))),
  },
  {
    name: 'API key: unknown',
    at: inHeader(
      sending(async ({ apiKey, admin }) => {
        const authorization = await apiKey();
        await admin({ command: 'api-keys.delete', key_id: keyId(authorization) });
        return { authorization };
      }),
    ),
  },
  {
    name: 'API key: expired',
    at: inHeader(
      sending(async ({ apiKey, admin }) => {
        const authorization = await apiKey();
        await admin({ command: 'api-keys.roll', key_id: keyId(authorization), grace: 0 });
        return { authorization };
      }),
    ),
  },
  {
    name: 'API key: disabled',
    at: inHeader(
      sending(async ({ apiKey, admin }) => {
        const authorization = await apiKey();
        await admin({ command: 'api-keys.disable', key_id: keyId(authorization) });
        return { authorization };
      }),
    ),
  },
  {
    name: 'user: wrong password',
    at: withPassword(
      sending(async ({ user }) => ({ authorization: basic((await user()).username, 'wrong') })),
    ),
  },
  {
    name: 'user: unknown',
    at: withPassword(
      sending((_, surface) => ({ authorization: basic(`nobody at ${surface}`, 'wrong') })),
    ),
  },
  {
    name: 'user: disabled',
    at: withPassword(
      sending(async ({ user, admin }) => {
        const { username, password } = await user();
        await admin({ command: 'users.disable', username });
        return { authorization: basic(username, password) };
      }),
    ),
  },
  {
    name: 'certificate: of another authority',
    at: inCertificate(
      sending(async () => {
        const stranger = await certificateAuthority('Keyward development CA');
        return { certificate: await stranger.issue({ commonName: 'x' }) };
      }),
    ),
  },
  {
    name: 'certificate: expired',
    at: inCertificate(
      sending(async (world) => ({ certificate: await world.certificate(expired()) })),
    ),
  },
  {
    name: 'certificate: not pinned',
    at: inCertificate(sending(async (world) => ({ certificate: await world.certificate() }))),
  },
  {
    name: 'certificate: revoked',
    at: inCertificate(
      sending(async (world) => {
        const certificate = await world.pinned();
        await world.admin({
          command: 'certificates.revoke',
          certificate: certificate.certificatePem,
        });
        return { certificate };
      }),
    ),
  },
  {
    name: 'wrong audience',
    at: by(
      bearer({ aud: 'https://other.example' }),
      pinned({ resources: ['https://other.example'] }),
    ),
  },
  { name: 'insufficient scope', at: by(bearer({ scope: 'write' }), pinned({ scope: ['write'] })) },
  {
    name: 'step-up needed',
    at: by(
      sending(({ token }) => ({
        authorization: `Bearer ${token({ acr: undefined })}`,
        path: '/step-up',
      })),
      pinned({}, '/step-up'),
      {
        ...uncacheable,
        'WebSocket $connect': bearer({ acr: undefined }),
      },
    ),
  },
  {
    name: 'address refused by the route',
    at: by(
      sending(({ token }) => ({ authorization: `Bearer ${token()}`, path: '/from-elsewhere' })),
      pinned({}, '/from-elsewhere'),
      {
        ...uncacheable,
        'WebSocket $connect': sending(({ token }) => ({
          authorization: `Bearer ${token()}`,
          api: 'Elsewhere',
        })),
      },
    ),
  },
  {
    name: 'address refused by the credential',
    at: by(
      sending(async ({ apiKey }) => ({
        authorization: await apiKey({ addresses: ['192.0.2.0/24'] }),
      })),
      pinned({ addresses: ['192.0.2.0/24'] }),
    ),
  },
  { name: 'usage plan: too fast', at: metered('slow') },
  { name: 'usage plan: quota used up', at: metered('daily') },
  {
    name: 'rateLimit of the route',
    at: by(
      sendingTwice(({ token }) => ({ authorization: `Bearer ${token()}`, path: '/once' })),
      sendingTwice(async (world) => ({ certificate: await world.pinned(), path: '/once' })),
      {
        ...uncacheable,
        'WebSocket $connect': sendingTwice(({ token }) => ({ authorization: `Bearer ${token()}` })),
      },
    ),
  },
  {
    name: 'a table cannot be read',
    at: by(
      whileDown(async ({ apiKey }) => ({ authorization: await apiKey() })),
      whileDown(async (world) => ({ certificate: await world.pinned() })),
    ),
  },
  {
    name: 'unknown route',
    at: by(
      sending(({ token }) => ({ authorization: `Bearer ${token()}`, path: '/nowhere' })),
      pinned({}, '/nowhere'),
    ),
  },
];

/** The public half of a key, with another secret and the check that belongs to it. */
function guessed(authorization: string): string {
  const start = authorization.slice('ApiKey '.length).split('_').slice(0, 3).join('_');
  const body = `${start}_${'x'.repeat(43)}`;
  return `ApiKey ${body}${base62(BigInt(crc32(body)), 6)}`;
}

function keyId(authorization: string): string {
  return authorization.split('_')[2] ?? '';
}
