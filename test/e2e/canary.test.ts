import { randomBytes } from 'node:crypto';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type Reply } from '../support/ask.ts';
import { askAsClient } from '../support/ask-as-client.ts';
import { type DemoWorld, demoWorld, partnersDomain } from '../support/demo-world.ts';
import { forgedApiKey } from '../support/forged-api-key.ts';
import { type MadeApiKey, newApiKey, newClient, newUser, unique } from '../support/operator.ts';
import { askPartners, partnersAuthority } from '../support/partners.ts';
import { apiKey, basic, bearer, type Presented, xApiKey } from '../support/presented.ts';
import { openSocket, refusedSocket } from '../support/web-socket-client.ts';

const scope = ['orders:read', 'reports:read'];

/** What must not be written down anywhere. */
const names = [
  'an API key',
  'an API key that is switched off',
  'an API key that nobody was given',
  'the password of a person',
  'the password of a person, set anew',
  'a wrong password',
  'the password of a program',
  'a client secret',
  'a wrong client secret',
  'an access token',
  'an altered access token',
  'a private key',
] as const;

type Secrets = Readonly<Record<(typeof names)[number], string>>;

let world: DemoWorld;
let secrets: Secrets;
let key: MadeApiKey;
/** Everything that a caller was answered. */
const replies: string[] = [];
const statuses: number[] = [];

beforeAll(async () => {
  world = await demoWorld(partnersDomain, { environmentsMax: 4 });
  const person = await newUser(world, { scope, password: chosen() });
  const [disabled, program, client, authority] = await Promise.all([
    newApiKey(world, { scope }),
    newUser(world, { scope }),
    newClient(world, scope),
    partnersAuthority(world),
  ]);
  key = await newApiKey(world, { scope });
  await world.admin({ command: 'api-keys.disable', key_id: disabled.keyId });
  const token = await world.token(undefined, client);
  const partner = await authority.issue({ commonName: 'partner', usage: 'client' });
  await world.admin({ command: 'certificates.add', certificate: partner.certificatePem });
  secrets = {
    'an API key': key.key,
    'an API key that is switched off': disabled.key,
    'an API key that nobody was given': forgedApiKey(),
    'the password of a person': person.password,
    'the password of a person, set anew': chosen(),
    'a wrong password': chosen(),
    'the password of a program': program.password,
    'a client secret': client.clientSecret,
    'a wrong client secret': `${client.clientSecret.slice(0, -8)}12345678`,
    'an access token': token,
    'an altered access token': token.replace(/\.[^.]{8}([^.]*)$/, '.canary12$1'),
    'a private key': partner.privateKeyPem,
  };

  /** The token that is asked about is a secret, and so may be what is shown for it. */
  async function introspect(token: string): Promise<void> {
    await Promise.all([
      send(askAsClient(world, '/oauth2/introspect', { token }, client)),
      send(
        ask(world.issuer, '/oauth2/introspect', {
          ...{ method: 'POST', body: new URLSearchParams({ token }).toString() },
          headers: [
            'content-type',
            'application/x-www-form-urlencoded',
            ...bearer(token.replace(/\s/g, '')),
          ],
        }),
      ),
    ]);
  }

  async function everyDoor(): Promise<void> {
    const wrong = { ...person, password: secrets['a wrong password'] };
    const nobody = { ...wrong, username: unique('nobody') };
    const wellMeant: readonly Presented[] = [
      ...[secrets['an API key'], secrets['an API key that is switched off']].flatMap((one) => [
        apiKey(one),
        xApiKey(one),
      ]),
      apiKey(secrets['an API key that nobody was given']),
      ...[person, program, wrong, nobody].map(basic),
      ...[bearer(token), bearer(secrets['an altered access token'])],
    ];
    await Promise.all(wellMeant.flatMap(onEveryApi));
    await Promise.all([
      send(askPartners(world, '/partners/me', partner)),
      send(askPartners(world, '/whoami', partner, { headers: bearer(token) })),
      ...[client.clientSecret, secrets['a wrong client secret']].map((secret) =>
        tokenRequest({ ...client, clientSecret: secret }),
      ),
      ...Object.values(secrets).map((secret) => introspect(secret)),
    ]);
  }

  // Right and wrong, with everything at hand; then while the tables are away, which is when errors are written.
  await everyDoor();
  for (const secret of Object.values(secrets)) await misplace(secret);
  await byWebSocket(token);
  await operatorsSlips();
  const fault = { kind: 'error', when: 'before', status: 500 } as const;
  const heal = world.hosted.endpoint.inject({ operation: /^dynamodb:/, fault });
  await everyDoor();
  heal();
  await world.admin({
    ...{ command: 'users.set-password', username: person.username },
    password: secrets['the password of a person, set anew'],
  });
  await everyDoor();
  for (const token of Object.values(secrets)) {
    await send(askAsClient(world, '/oauth2/revoke', { token, token_type_hint: token }, client));
  }
}, 60_000);
afterAll(() => world.stop());

function chosen(): string {
  return `canary-${randomBytes(12).toString('hex')}`;
}

async function send(reply: Promise<Reply>): Promise<void> {
  const { status, headers, text } = await reply;
  statuses.push(status);
  replies.push(JSON.stringify(headers), text);
}

function onEveryApi(headers: Presented): readonly Promise<void>[] {
  return [world.restApi, world.httpApi].flatMap((api) =>
    ['/whoami', '/orders'].map((path) => send(ask(api, path, { headers }))),
  );
}

function tokenRequest(client: { readonly clientId: string; readonly clientSecret: string }) {
  const pair = `${client.clientId}:${client.clientSecret}`;
  const form = { client_id: client.clientId, client_secret: client.clientSecret };
  return Promise.all(
    [
      { authorization: `Basic ${Buffer.from(pair).toString('base64')}`, form: {} },
      { authorization: undefined, form },
    ].map(({ authorization, form }) =>
      send(
        ask(world.issuer, '/oauth2/token', {
          method: 'POST',
          headers: [
            ...['content-type', 'application/x-www-form-urlencoded'],
            ...(authorization === undefined ? [] : ['authorization', authorization]),
          ],
          body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
        }),
      ),
    ),
  );
}

/** A secret where it does not belong: under another scheme, half of a pair, in a query, a body, a parameter. */
async function misplace(secret: string): Promise<void> {
  const line = secret.replace(/-----[^-]+-----|\s/g, '');
  const headers: readonly Presented[] = [
    ...['ApiKey', 'Bearer', 'Basic', 'Digest'].map((scheme) => [
      ...['authorization', `${scheme} ${line}`],
    ]),
    ...[line, `ApiKey ${line}!`, `Bearer ${line} ${line}`].map((one) => ['authorization', one]),
    ['x-api-key', line],
    basic({ username: unique('nobody'), password: line }),
    basic({ username: line, password: 'password' }),
  ];
  const query = new URLSearchParams({ access_token: line, api_key: line });
  const form = new URLSearchParams({ grant_type: line, scope: line, client_secret: line });
  const body = form.toString();
  await Promise.all([
    ...headers.map((one) => send(ask(world.restApi, '/whoami', { headers: one }))),
    ...headers.slice(0, 4).map((one) => send(ask(world.httpApi, '/orders', { headers: one }))),
    ...[world.restApi, world.httpApi].map((api) => send(ask(api, `/whoami?${query}`))),
    send(
      ask(world.issuer, '/oauth2/token', {
        ...{ method: 'POST', body },
        headers: ['content-type', 'application/x-www-form-urlencoded'],
      }),
    ),
    send(ask(world.issuer, `/oauth2/token?${form}`)),
    send(ask(world.issuer, '/oauth2/token', { method: 'POST', body })),
  ]);
}

async function byWebSocket(token: string): Promise<void> {
  const url = world.hosted.urls.webSocketApi;
  const letIn = await Promise.all([
    openSocket(`${url}?${new URLSearchParams({ access_token: token })}`),
    openSocket(`${url}?${new URLSearchParams({ api_key: key.key })}`),
    openSocket(url, { protocols: ['keyward.bearer', token] }),
    openSocket(url, { headers: { authorization: `ApiKey ${key.key}` } }),
  ]);
  for (const { socket, next, closed } of letIn) {
    socket.send(JSON.stringify({ action: 'x', token }));
    replies.push(await next(), socket.protocol);
    socket.close();
    await closed;
  }
  const altered = secrets['an altered access token'];
  const refusals = await Promise.all([
    refusedSocket(`${url}?${new URLSearchParams({ access_token: altered })}`),
    refusedSocket(url, { protocols: ['keyward.bearer', altered] }),
    refusedSocket(url, { protocols: [altered, token] }),
  ]);
  for (const { text } of refusals) replies.push(text);
}

/** What an operator may paste into the wrong place. All of it is refused. */
async function operatorsSlips(): Promise<void> {
  const slips = Object.entries(secrets).flatMap(([name, secret]) => [
    // What a person chose for a password may look like any id.
    ...(name.includes('of a person') || name.startsWith('a wrong password')
      ? []
      : [
          { command: 'api-keys.disable', key_id: secret },
          { command: 'clients.disable', client_id: secret },
          { command: 'clients.secrets.revoke', client_id: secret, secret_id: secret },
          { command: 'users.disable', username: secret },
          { command: 'certificates.revoke', serial: secret, issuer: secret },
        ]),
    { command: 'certificates.add', certificate: secret },
    { command: 'users.create', username: unique('user'), password: `${secret}\n` },
    { command: 'clients.create', name: 'x', client_secret: secret },
    { command: secret },
  ]);
  for (const slip of slips) {
    const said = await world.admin(slip).catch((refusal: Error) => refusal.message);
    if (typeof said !== 'string') throw new Error(`carried out: ${slip.command}`);
    replies.push(said);
  }
}

/** What would give a secret away: all of it, the part that is secret, and how it goes over the wire. */
function tracesOf(secret: string): readonly string[] {
  const lines = secret.split('\n').filter((line) => /^[\w+/=.-]{12,}$/.test(line));
  return [
    ...lines,
    // Of a token, all but the header, which is that of any other.
    ...lines.flatMap((line) => line.split('.').slice(1)),
    // Of a key, a drawn password and a client secret, the 43 digits that are drawn.
    ...[...secret.matchAll(/_([0-9A-Za-z]{43})[0-9A-Za-z]{6}$/g)].map(([, drawn = '']) => drawn),
    ...lines.flatMap((line) => [
      Buffer.from(line).toString('base64').replace(/=+$/, ''),
      Buffer.from(line).toString('base64url'),
      encodeURIComponent(line),
    ]),
  ];
}

describe('of a run in which every secret went through every door, right and wrong', () => {
  test('functions and the runner wrote down what they did, by public ids', async () => {
    const text = () => world.logged.map(({ line }) => line).join('\n');
    await expect.poll(text, { timeout: 5_000 }).toContain(`"credential":"${key.keyId}"`);
    expect(statuses).toEqual(expect.arrayContaining([200, 400, 401, 403, 500, 503]));
    const reasons = new Set(world.decisions().map(({ reason }) => reason));
    expect([...reasons]).toEqual(
      expect.arrayContaining([
        ...['key_unknown', 'key_disabled', 'bad_password', 'bad_signature', 'malformed'],
        ...['unsupported_scheme', 'missing_credential', 'dependency_unavailable'],
      ]),
    );
    for (const event of [
      ...['fault', 'admin', 'token_issued', 'token_refused', 'token_introspected'],
      ...['introspection_refused', 'token_revoked', 'revocation_idle', 'revocation_refused'],
    ]) {
      expect(text()).toContain(`"event":"${event}"`);
    }
  });

  test.each(names)('no line holds %s', (name) => {
    const traces = tracesOf(secrets[name]);
    expect(traces.length).toBeGreaterThan(1);
    const found = world.logged.filter(({ line }) => traces.some((trace) => line.includes(trace)));
    expect(found).toEqual([]);
  });

  test.each(names.filter((name) => name !== 'an access token'))('no answer repeats %s', (name) => {
    const traces = tracesOf(secrets[name]);
    const found = replies.filter((reply) => traces.some((trace) => reply.includes(trace)));
    expect(found).toEqual([]);
  });

  test.each(names)('no table holds %s', async (name) => {
    const traces = tracesOf(secrets[name]);
    const found = (await items()).filter((item) => traces.some((trace) => item.includes(trace)));
    expect(found).toEqual([]);
  });

  test('it used no permission that a role does not have', () => {
    expect(world.hosted.endpoint.report().refused).toEqual([]);
  });
});

/** Every item of every table, as text. */
async function items(): Promise<readonly string[]> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamo = new DynamoDBClient({
    ...{ endpoint: world.awsEndpoint, region: 'us-east-1', credentials },
  });
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand());
  const scans = TableNames.map((TableName) => dynamo.send(new ScanCommand({ TableName })));
  const found = (await Promise.all(scans)).flatMap(({ Items = [] }) => Items);
  dynamo.destroy();
  if (found.length === 0) throw new Error('nothing is stored');
  return found.map((item) => JSON.stringify(item));
}
