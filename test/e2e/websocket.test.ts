import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';
import { forgedApiKey } from '../support/forged-api-key.ts';
import { newApiKey, newClient, newUser } from '../support/operator.ts';
import { apiKey, basic, bearer, type Presented, xApiKey } from '../support/presented.ts';
import { printedBounds } from '../support/printed-bounds.ts';
import { revocationsOf } from '../support/revocations-of.ts';
import { until } from '../support/until.ts';
import { type OpenSocket, openSocket, refusedSocket } from '../support/web-socket-client.ts';

const scope = ['orders:read'];

let world: DemoWorld;
let url: string;
let token: string;
let poorToken: string;
let key: string;
let disabledKey: string;
let program: Presented;

beforeAll(async () => {
  world = await demoWorld();
  url = world.hosted.urls.webSocketApi;
  const client = await newClient(world, [...scope, 'other']);
  token = await world.token(scope.join(' '), client);
  poorToken = await world.token('other', client);
  key = (await newApiKey(world, { scope, owner: 'listener' })).key;
  const disabled = await newApiKey(world, { scope });
  await world.admin({ command: 'api-keys.disable', key_id: disabled.keyId });
  disabledKey = disabled.key;
  program = basic(await newUser(world, { scope }));
}, 60_000);
afterAll(() => world.stop());

const opened: OpenSocket[] = [];
afterEach(async () => {
  const sockets = opened.splice(0);
  for (const { socket } of sockets) socket.close();
  await Promise.all(sockets.map(({ closed }) => closed));
});

/** What a client sends with its handshake. */
interface Shake {
  readonly headers?: Presented;
  readonly protocols?: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
}

function handshake({ headers: [name, value] = [], protocols = [], query = {} }: Shake) {
  const search = new URLSearchParams(query).toString();
  const headers: Record<string, string> =
    name === undefined || value === undefined ? {} : { [name]: value };
  return [search === '' ? url : `${url}?${search}`, { headers, protocols }] as const;
}

async function open(shake: Shake): Promise<OpenSocket> {
  const socket = await openSocket(...handshake(shake));
  opened.push(socket);
  return socket;
}

const refused = async (shake: Shake): Promise<number> =>
  (await refusedSocket(...handshake(shake))).status;

describe('$connect takes a credential', () => {
  const places: readonly (readonly [string, () => Shake, string, string])[] = [
    ['a token in the header', () => ({ headers: bearer(token) }), 'bearer', ''],
    ['an API key in the header', () => ({ headers: apiKey(key) }), 'apikey', ''],
    [
      'a token as a subprotocol',
      () => ({ protocols: ['keyward.bearer', token] }),
      ...(['bearer', 'keyward.bearer'] as const),
    ],
    [
      'an API key as a subprotocol',
      () => ({ protocols: ['keyward.apikey', key] }),
      ...(['apikey', 'keyward.apikey'] as const),
    ],
    ['a token in the query', () => ({ query: { access_token: token } }), 'bearer', ''],
    ['an API key in the query', () => ({ query: { api_key: key } }), 'apikey', ''],
  ];

  test.each(places)(
    '%s: messages are answered with the principal, and no secret is echoed',
    async (_, shake, scheme, protocol) => {
      const { socket, next } = await open(shake());
      // A browser ends a connection whose server chose none of what was offered (RFC 6455 §4.1).
      expect(socket.protocol).toBe(protocol);
      for (const message of ['hello', '{"action":"again"}']) {
        socket.send(message);
        const principal = JSON.parse(await next());
        expect(principal).toMatchObject({ scheme, issuer: world.issuer, scope });
        if (scheme === 'apikey') expect(principal).toMatchObject({ subject: 'listener' });
      }
    },
  );
});

describe('$connect refuses', () => {
  const refusals: readonly (readonly [string, number, () => Shake])[] = [
    ['nobody', 401, () => ({})],
    ['an altered token', 401, () => ({ headers: bearer(`${token}x`) })],
    [
      'an altered token as a subprotocol',
      401,
      () => ({ protocols: ['keyward.bearer', `${token}x`] }),
    ],
    ['an altered token in the query', 401, () => ({ query: { access_token: `${token}x` } })],
    ['a key that nobody was given', 401, () => ({ headers: apiKey(forgedApiKey()) })],
    ['a key that is switched off', 401, () => ({ protocols: ['keyward.apikey', disabledKey] })],
    ['a scheme that it does not accept', 401, () => ({ headers: program })],
    ['a place that it does not read', 401, () => ({ headers: xApiKey(key) })],
    ['a subprotocol that names no scheme', 401, () => ({ protocols: ['chat', token] })],
    ['a scheme without a credential', 401, () => ({ protocols: ['keyward.bearer'] })],
    [
      'two credentials in two places',
      ...([401, () => ({ headers: bearer(token), query: { access_token: token } })] as const),
    ],
    [
      'two credentials in one place',
      ...([401, () => ({ query: { access_token: token, api_key: key } })] as const),
    ],
    ['a scope that does not suffice', 403, () => ({ headers: bearer(poorToken) })],
    ['the same as a subprotocol', 403, () => ({ protocols: ['keyward.bearer', poorToken] })],
    ['the same in the query', 403, () => ({ query: { access_token: poorToken } })],
  ];

  test.each(refusals)('%s: %i', async (_, status, shake) => {
    expect(await refused(shake())).toBe(status);
  });

  test('a key that was switched off, within the bound that the deployment prints', async () => {
    const { key: once, keyId } = await newApiKey(world, { scope });
    await open({ headers: apiKey(once) });
    await world.admin({ command: 'api-keys.disable', key_id: keyId });
    const status = await until(
      async () => {
        const answer = await openSocket(...handshake({ headers: apiKey(once) })).catch(String);
        if (typeof answer === 'string') return answer;
        opened.push(answer);
        return 'let in';
      },
      (answer) => answer !== 'let in',
      { timeoutSeconds: printedBounds(world.assembly)('websocket', '$connect') },
    );
    expect(status).toContain('refused with 401');
  });

  test('nobody while it cannot tell: 500, and it lets in again afterwards', async () => {
    const { key: fresh } = await newApiKey(world, { scope });
    const heal = world.hosted.endpoint.inject({
      operation: 'dynamodb:GetItem',
      fault: { kind: 'error', when: 'before', status: 500 },
    });
    expect(await refused({ headers: apiKey(fresh) })).toBe(500);
    expect(await refused({ protocols: ['keyward.apikey', fresh] })).toBe(500);
    heal();
    const { socket } = await open({ headers: apiKey(fresh) });
    expect(socket.readyState).toBe(socket.OPEN);
  });
});

describe('an open connection', () => {
  /** Does one look of the function that closes connections end this one? */
  async function isClosed({ socket, closed }: OpenSocket): Promise<boolean> {
    await world.hosted.fireSchedules();
    // Who was not sent away is answered.
    const answered = new Promise<false>((resolve) => socket.once('message', () => resolve(false)));
    if (socket.readyState === socket.OPEN) socket.send('hello');
    return Promise.race([answered, closed.then(() => true)]);
  }

  test('is closed when its token is revoked, and one with a good token stays', async () => {
    const revoked = await world.token();
    const first = await open({ headers: bearer(revoked) });
    const second = await open({ headers: bearer(token) });
    const claims = Buffer.from(revoked.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { jti } = JSON.parse(claims) as { readonly jti: string };
    await revocationsOf(world).record({ kind: 'token', id: jti });
    expect(await isClosed(first)).toBe(true);
    expect(await isClosed(second)).toBe(false);
    const said = () => world.logged.filter(({ line }) => line.includes('"connection_closed"'));
    await expect.poll(said).toHaveLength(1);
    const line = said()[0]?.line ?? '';
    expect(JSON.parse(line)).toMatchObject({ reason: 'revoked', credential: jti });
    expect(line).not.toContain(revoked);
  });

  test('is closed when its API key is switched off, and not before', async () => {
    const { key: once, keyId } = await newApiKey(world, { scope });
    const connection = await open({ headers: apiKey(once) });
    expect(await isClosed(connection)).toBe(false);
    await world.admin({ command: 'api-keys.disable', key_id: keyId });
    expect(await isClosed(connection)).toBe(true);
  });

  test('is none where it could not be remembered: 500', async () => {
    const heal = world.hosted.endpoint.inject({
      operation: 'dynamodb:UpdateItem',
      body: /"bearer"/,
      fault: { kind: 'error', when: 'before', status: 500 },
    });
    expect(await refused({ headers: bearer(token) })).toBe(500);
    heal();
  });
});

test('the run used no permission that a role does not have', () => {
  expect(world.hosted.endpoint.report().refused).toEqual([]);
});
