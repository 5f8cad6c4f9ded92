import { describe, expect, test } from 'vitest';
import { forgedApiKey } from '../../support/forged-api-key.ts';
import {
  accessToken,
  claims,
  forgedTokens,
  issuerWorld,
  orders,
} from '../../support/issuer-world.ts';
import { basic, issuer, now, ordersClient } from '../../support/world.ts';

const api = { ...ordersClient, clientId: 'orders-api', introspects: ['urn:else', orders] };
const stranger = { ...ordersClient, clientId: 'stranger' };
const clients = [ordersClient, api, stranger];

const inactive = '{"active":false}';
const ask = (token: string, clientId = 'orders-api') => ({
  headers: basic(clientId),
  body: { token },
});

describe('an access token (RFC 7662 §2.2)', () => {
  test('a resource server is told what it needs, and nobody may keep that', async () => {
    const { introspect, audit } = issuerWorld({ clients });
    const answer = await introspect(ask(accessToken()));
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
    expect(answer.body).toEqual({ active: true, token_type: 'Bearer', ...claims });
    expect(audit).toEqual([
      {
        ...{ event: 'token_introspected', requestId: expect.any(String), sourceIp: '192.0.2.1' },
        ...{ clientId: 'orders-api', authenticationMethod: 'client_secret_basic' },
        ...{ isActive: true, tokenKind: 'access_token', credential: 'jti-1' },
      },
    ]);
  });

  test('all of its claims that the specifications know, and nothing else of it', async () => {
    const { introspect } = issuerWorld({ clients });
    const known = {
      ...{ nbf: now - 10, acr: 'urn:mfa', auth_time: now - 60, cnf: { jkt: 'thumbprint' } },
      ...{ act: { sub: 'somebody' }, aud: [orders, 'https://else.example'] },
    };
    const unknown = { gid: 'g', roles: ['r'], email: 'a@b.example', active: false, amr: ['pwd'] };
    const { body } = await introspect(ask(accessToken({ ...known, ...unknown })));
    expect(body).toEqual({ active: true, token_type: 'Bearer', ...claims, ...known });
  });

  test.each(['access_token', 'refresh_token', 'anything'])(
    'a hint is only a hint: %j (RFC 7662 §2.1)',
    async (token_type_hint) => {
      const { introspect } = issuerWorld({ clients });
      const { body } = await introspect({
        headers: basic('orders-api'),
        body: { token: accessToken(), token_type_hint },
      });
      expect(body).toMatchObject({ active: true });
    },
  );

  test.each([
    ['its own client, of whatever audience', 'orders', { aud: 'https://else.example' }, true],
    ['a resource server that it is meant for', 'orders-api', {}, true],
    [
      'a resource server that it is meant for among others',
      'orders-api',
      { aud: ['x:y', orders] },
      true,
    ],
    ['a resource server of another audience', 'orders-api', { aud: 'https://else.example' }, false],
    [
      'a resource server of an audience that is spelled otherwise',
      'orders-api',
      { aud: `${orders}/` },
      false,
    ],
    ['a client that introspects nothing', 'stranger', {}, false],
    [
      'a client that may ask for the same API, but is not it',
      'stranger',
      { client_id: 'else' },
      false,
    ],
  ])('asked about by %s', async (_name, clientId, changes, isActive) => {
    const { introspect, audit } = issuerWorld({ clients });
    const { body, text } = await introspect(ask(accessToken(changes), clientId));
    if (isActive) expect(body).toMatchObject({ active: true, client_id: 'orders' });
    else expect(text).toBe(inactive);
    if (!isActive) expect(audit).toMatchObject([{ isActive: false, reason: 'wrong_audience' }]);
  });

  test.each([
    ['at its end', { exp: now }, 'expired'],
    ['long after its end', { iat: now - 3_600, exp: now - 600 }, 'expired'],
    ['before its time', { nbf: now + 31 }, 'not_yet_valid'],
    ['of the future', { iat: now + 31 }, 'not_yet_valid'],
  ])('%s is not active, and the log knows why', async (_name, changes, reason) => {
    const { introspect, audit } = issuerWorld({ clients });
    expect((await introspect(ask(accessToken(changes)))).text).toBe(inactive);
    expect(audit).toMatchObject([{ event: 'token_introspected', isActive: false, reason }]);
  });

  test('from a clock of ours that is two seconds ahead is active', async () => {
    const { introspect } = issuerWorld({ clients });
    expect((await introspect(ask(accessToken({ iat: now + 2 })))).body).toMatchObject({
      active: true,
    });
  });

  test('that was revoked by another environment a moment ago is not active: nothing is believed of a moment ago', async () => {
    const { introspect, write, asked } = issuerWorld({ clients });
    expect((await introspect(ask(accessToken()))).body).toMatchObject({ active: true });
    await write({ kind: 'token', id: 'jti-1' });
    const before = asked.logReads;
    expect((await introspect(ask(accessToken()))).text).toBe(inactive);
    expect(asked.logReads).toBe(before + 1);
  });

  test.each([
    ['its client', { kind: 'client', id: 'orders', cut: now } as const],
    ['its grant', { kind: 'grant', id: 'g' } as const],
  ])('that is dead by %s is not active', async (_name, entry) => {
    const { introspect, write } = issuerWorld({ clients });
    await write(entry);
    expect((await introspect(ask(accessToken({ gid: 'g' })))).text).toBe(inactive);
  });

  test('without a scope has none in the answer', async () => {
    const { introspect } = issuerWorld({ clients });
    const { body } = await introspect(ask(accessToken({ scope: '' })));
    expect(body).toMatchObject({ active: true });
    expect(body).not.toHaveProperty('scope');
  });
});

describe('what is no token of ours is not active, in the same bytes', () => {
  test('every forged token', async () => {
    const { introspect, audit } = issuerWorld({ clients });
    let asked = 0;
    for (const { id, token } of forgedTokens()) {
      const answer = await introspect(ask(token, 'orders'));
      // An empty token, one with a control character or one too long is no request at all.
      if (answer.status === 400) continue;
      asked += 1;
      expect([id, answer.status, answer.text]).toEqual([id, 200, inactive]);
    }
    expect(asked).toBeGreaterThan(100);
    expect(audit.filter(({ event }) => event === 'fault')).toEqual([]);
  });

  test.each([
    ['garbage', 'garbage'],
    ['a token of another issuer', accessToken({ iss: 'https://else.example' })],
    ['a key that nobody has', forgedApiKey({ environment: 'live' })],
    ['a key of another deployment', forgedApiKey()],
  ])('%s', async (_name, token) => {
    const { introspect, audit } = issuerWorld({ clients });
    expect((await introspect(ask(token))).text).toBe(inactive);
    expect(JSON.stringify(audit)).not.toContain(token);
  });
});

describe('an API key', () => {
  const known = {
    ...{ active: true, scope: 'orders:read', client_id: 'orders', sub: 'orders', aud: [orders] },
    ...{ iss: issuer, iat: now - 100 },
  };

  test.each(['orders', 'orders-api'])('%s is told of it, by its public id', async (clientId) => {
    const { introspect, apiKey, audit } = issuerWorld({ clients });
    const { key, keyId } = await apiKey();
    const { body } = await introspect(ask(key, clientId));
    expect(body).toEqual({ ...known, key_id: keyId });
    expect(audit).toMatchObject([{ isActive: true, tokenKind: 'api_key', credential: keyId }]);
    expect(JSON.stringify(audit)).not.toContain(key.slice(-49));
  });

  test('its end is told, whichever comes first', async () => {
    const { introspect, apiKey } = issuerWorld({ clients });
    const { key } = await apiKey({ expiresAt: now + 20, graceUntil: now + 10, replacedBy: 'x' });
    expect((await introspect(ask(key))).body).toMatchObject({ active: true, exp: now + 10 });
  });

  test.each([
    ['for others', { resources: ['https://else.example'] }, 'wrong_audience'],
    ['switched off', { status: 'disabled' }, 'key_disabled'],
    ['expired', { expiresAt: now }, 'key_expired'],
    ['replaced, its grace over', { graceUntil: now }, 'key_expired'],
    [
      'bound to addresses, since nobody can say where it came from',
      { addresses: ['192.0.2.1/32'] },
      'ip_denied',
    ],
  ] as const)('%s is not active', async (_name, members, reason) => {
    const { introspect, apiKey, audit } = issuerWorld({ clients });
    const { key } = await apiKey(members);
    expect((await introspect(ask(key))).text).toBe(inactive);
    expect(audit).toMatchObject([{ isActive: false, reason }]);
  });

  test('a right id with a wrong secret is not active', async () => {
    const { introspect, apiKey, audit } = issuerWorld({ clients });
    const { keyId } = await apiKey();
    const token = forgedApiKey({ keyId, environment: 'live' });
    expect((await introspect(ask(token, 'orders'))).text).toBe(inactive);
    expect(audit).toMatchObject([{ reason: 'key_unknown' }]);
    expect(audit[0]).not.toHaveProperty('credential');
  });
});
