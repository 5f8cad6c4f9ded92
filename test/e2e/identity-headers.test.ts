import { request } from 'node:http';
import { App, Stack } from 'aws-cdk-lib';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineRoutes, publicRoute, requires } from '../../functions/core/routes/route-policy.ts';
import { CombinedAuthorizer } from '../../infra/authorizers/combined-authorizer.ts';
import { identityHeaders, identityParameters } from '../../infra/identity-headers.ts';
import { Keyward } from '../../infra/keyward.ts';
import { ProtectedHttpApi } from '../../infra/protected-http-api.ts';
import { ProtectedRestApi } from '../../infra/protected-rest-api.ts';
import { type HostedWorld, host } from '../../local/host.ts';
import {
  type RecordedRequest,
  type RecordingBackend,
  startRecording,
  valuesOf,
} from '../local/support/recording-backend.ts';

const audience = 'https://orders.example.com';
const routes = defineRoutes({
  'GET /open': publicRoute(),
  'GET /cached': requires({ schemes: ['bearer', 'apikey', 'basic'] }),
  'GET /strict': requires({ schemes: ['bearer', 'apikey', 'basic'], revocation: 'strict' }),
});
const names = ['scheme', 'issuer', 'subject', 'client', 'scope', 'credential', 'expires'].map(
  (name) => `x-auth-${name}`,
);

let backend: RecordingBackend & { stop(): Promise<void> };
let world: HostedWorld;
/** Scheme → an Authorization header that is good, and what the backend shall be told. */
const callers = new Map<string, { readonly authorization: string; readonly told: unknown }>();

/** Keyward and two APIs in front of one HTTP backend. */
function assembly(url: string): string {
  const app = new App();
  const keyward = new Keyward(new Stack(app, 'Keyward'), 'Keyward', {
    ...{ stage: 'dev', defaultResource: audience },
  });
  const stack = new Stack(app, 'Orders');
  const authorizer = new CombinedAuthorizer(stack, 'Authorizer', { keyward, audience, routes });
  new ProtectedRestApi(stack, 'Rest', {
    authorizer,
    integration: (route) =>
      new HttpIntegration(`${url}/rest`, {
        options: { requestParameters: identityHeaders(routes, route) },
      }),
  });
  new ProtectedHttpApi(stack, 'Http', {
    authorizer,
    integration: (route) =>
      new HttpUrlIntegration(route, `${url}/http`, {
        parameterMapping: identityParameters(routes, route),
      }),
  });
  return app.synth().directory;
}

async function admin(command: object): Promise<Readonly<Record<string, string>>> {
  const arn = world.parameters.get('/keyward/default/v1/admin-arn') ?? '';
  const answer = await world.functions.invoke(arn, JSON.stringify(command), { service: null });
  if (answer.kind !== 'answer') throw new Error(answer.kind);
  return JSON.parse(answer.payload).result;
}

async function token(clientId: string, secret: string): Promise<string> {
  const response = await fetch(`${world.urls.issuer}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: basic(clientId, secret) },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { readonly access_token: string }).access_token;
}

const basic = (name: string, password: string) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** Calls with headers exactly as given, any of them as often as wanted. */
function call(url: string, headers: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port, host: authority, pathname: path } = new URL(url);
    const all = ['host', authority, 'connection', 'close', ...headers];
    const sent = request(
      { hostname, port, path, agent: false, headers: all as never },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

/** What the backend was told by the next call: every header whose name begins like ours. */
async function told(url: string, headers: readonly string[]): Promise<unknown> {
  const before = backend.requests.length;
  expect(await call(url, headers)).toBe(200);
  expect(backend.requests).toHaveLength(before + 1);
  const [made] = backend.requests.slice(before) as [RecordedRequest];
  return Object.fromEntries(names.map((name) => [name, valuesOf(made, name).join(' | ')]));
}

beforeAll(async () => {
  backend = await startRecording();
  world = await host(assembly(backend.url), { basePort: 0 });
  const { issuer } = world.urls;
  const scope = ['orders:read', 'orders:write'];
  const client = await admin({
    ...{ command: 'clients.create', name: 'a client', scope },
    grant_types: ['client_credentials'],
  });
  const { client_id: id = '', client_secret: secret = '' } = client;
  const key = await admin({ command: 'api-keys.create', name: 'a key', owner: 'partner' });
  const username = ' älice 100%';
  const { password = '' } = await admin({ command: 'users.create', username, owner: 'alice' });
  const as = (...values: readonly unknown[]) =>
    Object.fromEntries(names.map((name, index) => [name, values[index]]));
  const some = expect.stringMatching(/^\S+$/);
  callers.set('bearer', {
    authorization: `Bearer ${await token(id, secret)}`,
    told: as('bearer', issuer, id, id, scope.join(' '), some, expect.stringMatching(/^\d{10}$/)),
  });
  callers.set('apikey', {
    authorization: `ApiKey ${key.api_key}`,
    told: as('apikey', issuer, 'partner', 'partner', '-', key.key_id, '-'),
  });
  callers.set('basic', {
    authorization: basic(username, password),
    told: as('basic', issuer, 'alice', 'alice', '-', '%20%C3%A4lice%20100%25', '-'),
  });
}, 60_000);

afterAll(async () => {
  await world.stop();
  await backend.stop();
});

/** Our names in any case, any of them twice. */
const spellings = fc
  .array(fc.mixedCase(fc.constantFrom(...names)), { minLength: 1, maxLength: 20 })
  .map((spelt) => spelt.flatMap((name) => [name, 'root']));

/** Each name in three spellings. */
const forged = names.flatMap((name) => [
  ...[name, 'root', name.toUpperCase(), 'admin'],
  ...[name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()), ''],
]);

describe.each(['REST', 'HTTP'])('a backend behind a %s API', (kind) => {
  const url = (path: string) =>
    `${kind === 'REST' ? world.urls.restApi : world.urls.httpApi}${path}`;
  /** On REST a word for nobody, on HTTP no header at all. */
  const nobody = Object.fromEntries(names.map((name) => [name, kind === 'REST' ? '-' : '']));

  test.each(['bearer', 'apikey', 'basic'])(
    'is told by the authorizer alone who came with %s, replayed or not',
    async (scheme) => {
      const caller = callers.get(scheme);
      const authorization = ['Authorization', caller?.authorization ?? ''];
      for (const path of ['/cached', '/cached', '/strict']) {
        expect(await told(url(path), authorization)).toEqual(caller?.told);
        expect(await told(url(path), [...forged, ...authorization, ...forged])).toEqual(
          caller?.told,
        );
      }
    },
  );

  test('is told of nobody on a public route, whatever a caller says', async () => {
    expect(await told(url('/open'), [])).toEqual(nobody);
    expect(await told(url('/open'), forged)).toEqual(nobody);
    const { authorization = '' } = callers.get('bearer') ?? {};
    expect(await told(url('/open'), ['Authorization', authorization, ...forged])).toEqual(nobody);
  });

  test('is told the same for any spelling', async () => {
    const caller = callers.get('apikey');
    await fc.assert(
      fc.asyncProperty(spellings, async (headers) => {
        const authorized = [...headers, 'Authorization', caller?.authorization ?? ''];
        expect(await told(url('/cached'), authorized)).toEqual(caller?.told);
        expect(await told(url('/open'), headers)).toEqual(nobody);
      }),
      { numRuns: 25 },
    );
  });

  test('is not asked for anybody who was not let in', async () => {
    const before = backend.requests.length;
    const bad = ['Authorization', 'ApiKey kw_test_nobody'];
    for (const path of ['/cached', '/strict']) {
      expect([401, 403]).toContain(await call(url(path), forged));
      expect([401, 403]).toContain(await call(url(path), [...bad, ...forged]));
    }
    expect(backend.requests).toHaveLength(before);
  });
});
