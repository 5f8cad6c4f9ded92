import { describe, expect, test } from 'vitest';
import { accessToken, issuerWorld, orders } from '../../support/issuer-world.ts';
import { basic, issuer, now, ordersClient, secret } from '../../support/world.ts';

const api = { ...ordersClient, clientId: 'orders-api', introspects: [orders] };
const clients = [ordersClient, api];
const token = accessToken();

/** An access token that lets `orders-api` introspect. */
const permit = (changes: Readonly<Record<string, unknown>> = {}) =>
  accessToken({
    ...{ sub: 'orders-api', client_id: 'orders-api', aud: issuer, jti: 'permit' },
    ...{ scope: 'introspection', ...changes },
  });
const bearer = (value: string, scheme = 'Bearer') => ({ authorization: `${scheme} ${value}` });

describe('a client', () => {
  test.each([
    ['client_secret_basic', basic('orders-api'), {}],
    ['client_secret_post', {}, { client_id: 'orders-api', client_secret: secret }],
  ])('by %s', async (method, headers, form) => {
    const { introspect, audit, lastUse } = issuerWorld({ clients });
    const { body } = await introspect({ headers, body: { token, ...form } });
    expect(body).toMatchObject({ active: true });
    expect(audit).toMatchObject([{ clientId: 'orders-api', authenticationMethod: method }]);
    expect([...(await lastUse.read(['secret#orders-api#s1'])).values()]).toEqual([now]);
  });
});

describe('somebody with an access token that was issued for this (RFC 7662 §2.1)', () => {
  test.each(['Bearer', 'bearer', 'BEARER '])('scheme %j', async (scheme) => {
    const { introspect, audit } = issuerWorld({ clients });
    const { body } = await introspect({ headers: bearer(permit(), scheme), body: { token } });
    expect(body).toMatchObject({ active: true, client_id: 'orders' });
    expect(audit).toMatchObject([{ clientId: 'orders-api', authenticationMethod: 'bearer' }]);
  });

  test.each([
    ['is gone', [ordersClient]],
    ['was switched off', [ordersClient, { ...api, status: 'disabled' as const }]],
    ['introspects nothing', [ordersClient, { ...ordersClient, clientId: 'orders-api' }]],
  ])('whose client %s is told of its own tokens alone', async (_name, some) => {
    const { introspect } = issuerWorld({ clients: some });
    const headers = bearer(permit());
    expect((await introspect({ headers, body: { token } })).text).toBe('{"active":false}');
    const own = accessToken({ client_id: 'orders-api' });
    expect((await introspect({ headers, body: { token: own } })).body).toMatchObject({
      active: true,
    });
  });

  test.each([
    ['is no token', 'garbage'],
    ['was issued for an API', permit({ aud: orders })],
    ['has expired', permit({ iat: now - 900, exp: now - 60 })],
    ['was altered', `${permit().slice(0, -8)}AAAAAAAA`],
    ['is another issuer’s', permit({ iss: 'https://else.example' })],
    ['is bound to a key, of which there is no proof', permit({ cnf: { jkt: 'x' } })],
  ])('that %s: 401 with a challenge for bearer tokens (RFC 6750 §3.1)', async (_name, value) => {
    const { introspect, audit } = issuerWorld({ clients });
    const answer = await introspect({ headers: bearer(value), body: { token } });
    expect(answer).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${issuer}", error="invalid_token"` },
      body: { error: 'invalid_token' },
    });
    expect(audit).toMatchObject([{ event: 'introspection_refused', reason: 'bearer_not_valid' }]);
    expect(JSON.stringify(audit)).not.toContain(value);
  });

  test('that was revoked: 401', async () => {
    const { introspect, write } = issuerWorld({ clients });
    await write({ kind: 'token', id: 'permit' });
    expect(await introspect({ headers: bearer(permit()), body: { token } })).toMatchObject({
      status: 401,
      body: { error: 'invalid_token' },
    });
  });

  test('that was revoked a moment ago: 401, while a client goes by a log that is a poll old at most', async () => {
    const { introspect, write } = issuerWorld({ clients });
    expect((await introspect({ headers: bearer(permit()), body: { token } })).status).toBe(200);
    await write({ kind: 'token', id: 'permit' });
    expect((await introspect({ headers: bearer(permit()), body: { token } })).status).toBe(401);
  });

  test('without the scope: 401 that names it (RFC 7662 §2.3)', async () => {
    const { introspect, audit } = issuerWorld({ clients });
    const headers = bearer(permit({ scope: 'introspection:else' }));
    expect(await introspect({ headers, body: { token } })).toMatchObject({
      status: 401,
      headers: {
        'www-authenticate': `Bearer realm="${issuer}", error="insufficient_scope", scope="introspection"`,
      },
      body: { error: 'insufficient_scope' },
    });
    expect(audit).toMatchObject([{ reason: 'bearer_scope', clientId: 'orders-api' }]);
  });

  test.each([
    ['a secret', { client_secret: secret, client_id: 'orders-api' }],
    ['an assertion', { client_assertion: 'x', client_assertion_type: 'y' }],
  ])('beside %s: one credential too many', async (_name, form) => {
    const { introspect } = issuerWorld({ clients });
    const answer = await introspect({ headers: bearer(permit()), body: { token, ...form } });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test('twice, joined as a gateway joins them: one credential too many', async () => {
    const { introspect } = issuerWorld({ clients });
    const headers = bearer(`${permit()}, Bearer ${permit()}`);
    expect(await introspect({ headers, body: { token } })).toMatchObject({ status: 400 });
  });
});

describe('nobody else', () => {
  test.each([
    ['without anything, with a challenge', { body: { token } }, 401, `Bearer realm="${issuer}"`],
    [
      'with a client_id alone',
      { body: { token, client_id: 'orders' } },
      401,
      `Bearer realm="${issuer}"`,
    ],
    [
      'with a wrong secret',
      { headers: basic('orders', 'kwcs_wrong'), body: { token } },
      401,
      `Basic realm="${issuer}", charset="UTF-8"`,
    ],
    [
      'with a wrong secret in the body',
      { body: { token, client_id: 'orders', client_secret: 'x' } },
      401,
      undefined,
    ],
    ['by GET', { method: 'GET', query: `token=${token}` }, 405, undefined],
    ['without a token', { headers: basic(), body: {} }, 400, undefined],
    ['with two tokens', { headers: basic(), body: `token=${token}&token=x` }, 400, undefined],
    [
      'with a token in the query',
      { headers: basic(), query: `token=${token}`, body: {} },
      400,
      undefined,
    ],
  ])('%s', async (_name, request, status, challenge) => {
    const { introspect, audit } = issuerWorld({ clients });
    const answer = await introspect(request);
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([status, challenge]);
    expect(answer.text).not.toContain('active');
    expect(audit).toMatchObject([{ event: 'introspection_refused' }]);
    expect(JSON.stringify(audit)).not.toContain(token);
  });
});
