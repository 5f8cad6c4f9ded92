import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyward } from '../support/command-line.ts';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';
import { newClient } from '../support/operator.ts';
import { until } from '../support/until.ts';
import { openSocket } from '../support/web-socket-client.ts';

let world: DemoWorld;

beforeAll(async () => {
  world = await demoWorld();
}, 60_000);
afterAll(() => world.stop());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function call(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = text.startsWith('{');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : { text },
  };
}

function basic(id = world.clientId, secret = world.clientSecret): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

function tokenRequest(form: Record<string, string>, headers: Record<string, string> = basic()) {
  return call(`${world.issuer}/oauth2/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
}

const grant = { grant_type: 'client_credentials' };
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('the hosted template, from a token to a protected call', () => {
  test('a token opens what its scope covers, on the REST API and on the HTTP API', async () => {
    const token = await world.token('orders:read');
    for (const api of [world.restApi, world.httpApi]) {
      expect(await call(`${api}/orders`, bearer(token))).toMatchObject({ status: 200 });
      expect(await call(`${api}/orders/1`, bearer(token))).toMatchObject({
        status: 200,
        body: { id: '1' },
      });
      const who = await call(`${api}/whoami`, bearer(token));
      expect(who.body).toMatchObject({ clientId: world.clientId, scope: ['orders:read'] });
      expect((await call(`${api}/healthz`)).body).toEqual({ status: 'ok' });
    }
  });

  test('a REST API answers each refusal with its status, challenge and body (RFC 6750 §3)', async () => {
    const token = await world.token('orders:read');
    const nobody = await call(`${world.restApi}/orders`);
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toBe(
      'Bearer realm="orders", ApiKey realm="orders"',
    );
    const bad = await call(`${world.restApi}/orders`, bearer(`${token}x`));
    expect(bad.status).toBe(401);
    expect(bad.headers.get('www-authenticate')).toBe(
      'Bearer realm="orders", ApiKey realm="orders"',
    );
    const poor = await call(`${world.restApi}/orders`, { method: 'POST', ...bearer(token) });
    expect(poor).toMatchObject({
      status: 403,
      // One policy serves every route, so nothing in it can say what this one needs.
      body: { error: 'insufficient_scope', scope: '' },
    });
    const stepUp = await call(`${world.restApi}/transfers`, bearer(token));
    expect(stepUp.status).toBe(403);
  });

  test('an HTTP API says what it can: 401 without a credential, 403 for what was refused', async () => {
    const token = await world.token('orders:read');
    expect((await call(`${world.httpApi}/orders`)).status).toBe(401);
    expect((await call(`${world.httpApi}/orders`, bearer(`${token}x`))).status).toBe(403);
    expect(
      (await call(`${world.httpApi}/orders`, { method: 'POST', ...bearer(token) })).status,
    ).toBe(403);
  });

  test('a decision of the cache serves the route that it was made for and no other', async () => {
    const token = await world.token('orders:read');
    for (const api of [world.restApi, world.httpApi]) {
      for (let round = 0; round < 2; round += 1) {
        expect((await call(`${api}/orders/1`, bearer(token))).status).toBe(200);
        expect((await call(`${api}/orders/export`, bearer(token))).status).toBe(403);
        expect((await call(`${api}/orders`, { method: 'POST', ...bearer(token) })).status).toBe(
          403,
        );
        expect((await call(`${api}/orders/1`, { method: 'DELETE', ...bearer(token) })).status).toBe(
          403,
        );
      }
    }
  });

  test('metadata, JWK Set and tokens name one issuer, whatever the Host header says', async () => {
    for (const path of ['oauth-authorization-server', 'openid-configuration']) {
      const { body, headers } = await call(`${world.issuer}/.well-known/${path}`, {
        headers: { 'x-forwarded-host': 'evil.example' },
      });
      expect(body).toMatchObject({
        issuer: world.issuer,
        token_endpoint: `${world.issuer}/oauth2/token`,
        jwks_uri: `${world.issuer}/.well-known/jwks.json`,
        grant_types_supported: ['client_credentials'],
      });
      expect(headers.get('cache-control')).toContain('public, max-age=300');
    }
    const jwks = await call(`${world.issuer}/.well-known/jwks.json`);
    expect(jwks.headers.get('content-type')).toBe('application/jwk-set+json');
    const keys = jwks.body.keys as Record<string, unknown>[];
    expect(keys).toHaveLength(4);
    for (const key of keys) {
      expect(Object.keys(key)).not.toEqual(expect.arrayContaining(['d']));
      expect(key).toMatchObject({ use: 'sig', kid: expect.any(String), alg: expect.any(String) });
    }
    const etag = jwks.headers.get('etag') ?? '';
    const again = await call(`${world.issuer}/.well-known/jwks.json`, {
      headers: { 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
  });

  test('an unknown client and a wrong secret are the same to the byte (RFC 6749 §5.2)', async () => {
    const unknown = await tokenRequest(grant, basic('kwc_nobody'));
    const wrong = await tokenRequest(grant, basic(world.clientId, 'kwcs_wrong'));
    expect(unknown).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(wrong.body).toEqual(unknown.body);
    const names = (answer: Answer) => [...answer.headers.keys()].sort();
    expect(names(wrong)).toEqual(names(unknown));
    // The gateway renames the challenge of an integration, as the real one does.
    expect(wrong.headers.get('x-amzn-remapped-www-authenticate')).toMatch(/^Basic realm=/);
  });

  test.each([
    ['GET', { method: 'GET' }, 405],
    ['JSON', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }, 400],
    ['no body', { method: 'POST' }, 400],
    ['70 KB', { method: 'POST', body: new URLSearchParams({ x: 'y'.repeat(70_000) }) }, 413],
  ])('the token endpoint answers %s properly', async (_name, init, status) => {
    const answer = await call(`${world.issuer}/oauth2/token`, init);
    expect(answer).toMatchObject({ status, body: { error: 'invalid_request' } });
    if (status === 405) expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
    else expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('after a forced rotation the new key signs, and tokens of the old one stay good', async () => {
    const before = await world.token('orders:read');
    await world.rotate();
    await expect.poll(async () => kidOf(await world.token('orders:read'))).not.toBe(kidOf(before));
    const after = await world.token('orders:read');
    for (const token of [before, after]) {
      for (const api of [world.restApi, world.httpApi]) {
        expect((await call(`${api}/whoami`, bearer(token))).status).toBe(200);
      }
    }
  }, 30_000);

  test('a signing key that leaked is revoked: its tokens die, others go on, new ones are issued at once', async () => {
    const es = await newClient(world, ['orders:read'], { access_token_signing_alg: 'ES256' });
    const [bad, good] = [await world.token('orders:read'), await world.token('orders:read', es)];
    expect(await statuses(bad)).toEqual([200, 200]);
    await revoke(kidOf(bad));
    const after = await nextToken([kidOf(bad)]);
    expect(kidOf(await world.token('orders:read', es))).toBe(kidOf(good));
    await expect.poll(() => statuses(bad), soon).toEqual([401, 403]);
    expect(await statuses(good)).toEqual([200, 200]);
    expect(await statuses(after)).toEqual([200, 200]);
    await expect.poll(publishedKids, soon).not.toContain(kidOf(bad));
    expect(await publishedKids()).toEqual(expect.arrayContaining([kidOf(after), kidOf(good)]));
    const { revoked } = await world.admin({ command: 'keys.list' });
    expect(revoked).toMatchObject([{ kid: kidOf(bad), ended_at: expect.any(Number) }]);
  }, 60_000);

  test('when a stranger has read the secret, every key is replaced and every token dies', async () => {
    const before = await world.token('orders:read');
    const old = await publishedKids();
    await revoke('--all');
    const after = await nextToken(old);
    await expect.poll(() => statuses(before), soon).toEqual([401, 403]);
    expect(await statuses(after)).toEqual([200, 200]);
    await expect.poll(publishedKids, soon).toHaveLength(4);
    for (const kid of old) expect(await publishedKids()).not.toContain(kid);
  }, 60_000);

  test('an operator makes an API key of this deployment, and finds it again without its secret', async () => {
    const { api_key, ...made } = await world.admin({ command: 'api-keys.create', name: 'report' });
    expect(api_key).toMatch(new RegExp(`^kw_test_${made.key_id}_`));
    const shown = await world.admin({ command: 'api-keys.show', key_id: made.key_id });
    expect(shown).toEqual(made);
  });

  test('a client asks what its token is worth, plain and signed, and gives it back (RFC 7662, RFC 9701, RFC 7009)', async () => {
    const token = await world.token('orders:read');
    const ask = (path: string, headers = {}) =>
      call(`${world.issuer}${path}`, {
        ...{ method: 'POST', headers: { ...basic(), ...headers } },
        body: new URLSearchParams({ token }),
      });
    const signed = { accept: 'application/token-introspection+jwt' };
    expect((await ask('/oauth2/introspect')).body).toMatchObject({ active: true });
    const jwt = await ask('/oauth2/introspect', signed);
    expect(jwt.headers.get('content-type')).toBe(signed.accept);
    expect(headerOf(String(jwt.body.text))).toMatchObject({ typ: 'token-introspection+jwt' });
    expect(await ask('/oauth2/revoke')).toMatchObject({ status: 200, body: {} });
    expect((await ask('/oauth2/introspect')).body).toEqual({ active: false });
  });

  test('a WebSocket connection is closed when its token was given back', async () => {
    const token = await world.token('orders:read');
    const { closed } = await openSocket(world.hosted.urls.webSocketApi, bearer(token));
    const body = new URLSearchParams({ token });
    await call(`${world.issuer}/oauth2/revoke`, { method: 'POST', headers: basic(), body });
    await world.hosted.fireSchedules();
    expect(await closed).toMatchObject({ code: 1000 });
  });

  test('the run used no permission that a role does not have, and every permission has a use', () => {
    const { refused, unused } = world.hosted.endpoint.report();
    expect(refused).toEqual([]);
    // Scans and deletions are operator commands that this run did not need; credentials other than tokens have a run of
    // their own.
    const names = unused.map((one) => JSON.stringify(one));
    expect(names.filter((text) => !/logs:|dynamodb:Scan|AK#|LIM#|SEEN#/.test(text))).toEqual([]);
  });
});

/** Reads of an API are answered from its cache for a while. */
const soon = { timeout: 20_000, interval: 200 };

function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
}

function kidOf(token: string): string {
  return String(headerOf(token).kid);
}

/** What the REST API and the HTTP API say to a token. */
async function statuses(token: string): Promise<readonly number[]> {
  const apis = [world.restApi, world.httpApi];
  return Promise.all(apis.map(async (api) => (await call(`${api}/whoami`, bearer(token))).status));
}

/** The first token that none of these keys has signed: the token endpoint looks at the log once a second. */
async function nextToken(kids: readonly unknown[]): Promise<string> {
  const token = () => world.token('orders:read');
  return until(token, (issued) => !kids.includes(kidOf(issued)));
}

async function publishedKids(): Promise<readonly unknown[]> {
  const { body } = await call(`${world.issuer}/.well-known/jwks.json`);
  return (body.keys as Record<string, unknown>[]).map(({ kid }) => kid);
}

async function revoke(which: string): Promise<void> {
  const outcome = await keyward(
    ['keys', 'revoke', which, '--reason', 'a test', '--yes', '--endpoint', world.awsEndpoint],
    { folder: tmpdir() },
  );
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
}
