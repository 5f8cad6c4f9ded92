import { describe, expect, test } from 'vitest';
import { accessToken, issuerWorld } from '../../support/issuer-world.ts';
import { basic, ordersClient, secret } from '../../support/world.ts';

const headers = basic();
const billing = { ...ordersClient, clientId: 'billing' };

describe("another client's token (RFC 7009 §2.1)", () => {
  test.each([
    ['an access token', async () => accessToken()],
    ['an API key', async (world: ReturnType<typeof issuerWorld>) => (await world.apiKey()).key],
  ])('%s: nothing happens to it, the caller is told, and so is the log', async (_name, draw) => {
    const world = issuerWorld({ clients: [ordersClient, billing] });
    const token = await draw(world);
    const answer = await world.revoke({ headers: basic('billing'), body: { token } });
    expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    expect(await world.entries()).toEqual([]);
    expect(world.audit).toMatchObject([
      {
        ...{ event: 'revocation_refused', error: 'unauthorized_client', reason: 'foreign_token' },
        ...{ clientId: 'billing', credential: expect.stringMatching(/^(jti-1|.{12})$/) },
      },
    ]);
    expect(JSON.stringify(world.audit)).not.toContain(token);
    const own = await world.introspect({ headers, body: { token } });
    expect(own.body).toMatchObject({ active: true });
  });
});

describe('the request itself is wrong', () => {
  const token = accessToken();
  test.each([
    ['GET', { method: 'GET', query: `token=${token}` }, 405, 'invalid_request'],
    ['no token', { headers, body: {} }, 400, 'invalid_request'],
    ['an empty token', { headers, body: { token: '' } }, 400, 'invalid_request'],
    ['two tokens', { headers, body: `token=${token}&token=${token}` }, 400, 'invalid_request'],
    [
      'a token in the query',
      { headers, query: `token=${token}`, body: {} },
      400,
      'invalid_request',
    ],
    [
      'JSON',
      { headers: { ...headers, 'content-type': 'application/json' }, body: '{}' },
      400,
      'invalid_request',
    ],
    [
      'a token beyond all bounds',
      { headers, body: { token: 'x'.repeat(8_193) } },
      400,
      'invalid_request',
    ],
    ['nobody', { body: { token } }, 401, 'invalid_client'],
    [
      'a wrong secret',
      { headers: basic('orders', 'kwcs_wrong'), body: { token } },
      401,
      'invalid_client',
    ],
    ['a client_id alone', { body: { token, client_id: 'orders' } }, 401, 'invalid_client'],
    ['two secrets', { headers, body: { token, client_secret: secret } }, 400, 'invalid_request'],
    [
      'the token itself as the credential',
      { headers: { authorization: `Bearer ${token}` }, body: { token } },
      401,
      'invalid_client',
    ],
  ])('%s', async (_name, request, status, error) => {
    const { revoke, entries, audit } = issuerWorld();
    expect(await revoke(request)).toMatchObject({ status, body: { error } });
    expect(await entries()).toEqual([]);
    expect(audit).toMatchObject([{ event: 'revocation_refused', error }]);
    expect(JSON.stringify(audit)).not.toContain(token);
  });

  test('405 names the method, and browsers of any origin may call it (RFC 9110 §15.5.6)', async () => {
    const { revoke } = issuerWorld();
    expect((await revoke({ method: 'PUT' })).headers).toMatchObject({
      allow: 'POST, OPTIONS',
      'access-control-allow-origin': '*',
    });
    expect(await revoke({ method: 'OPTIONS' })).toMatchObject({ status: 204 });
  });

  test('a client that was switched off revokes nothing', async () => {
    const { revoke, entries } = issuerWorld({ clients: [{ ...ordersClient, status: 'disabled' }] });
    expect(await revoke({ headers, body: { token } })).toMatchObject({ status: 401 });
    expect(await entries()).toEqual([]);
  });
});
