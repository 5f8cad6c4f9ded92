import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  basic,
  clientCredentials,
  issuer,
  now,
  ordersClient,
  secret,
  world,
} from '../../support/world.ts';

const verifyAt = { issuer, typ: 'at+jwt', currentDate: new Date(now * 1000) };

function publicKeys(ring: ReturnType<typeof world>['ring']) {
  return createLocalJWKSet({
    keys: ring.keys.map((key) => key.public),
  } as unknown as JSONWebKeySet);
}

describe('the token endpoint issues', () => {
  test.each([
    ['client_secret_basic (RFC 6749 §2.3.1)', { headers: basic(), body: clientCredentials }],
    [
      'client_secret_post (OAuth 2.1 §2.4.1)',
      { body: { ...clientCredentials, client_id: 'orders', client_secret: secret } },
    ],
    [
      'Basic in any case, with an equal client_id beside it',
      {
        headers: { authorization: basic().authorization.replace('Basic', 'bASIC') },
        body: { ...clientCredentials, client_id: 'orders' },
      },
    ],
  ])('a token to a client that authenticates with %s', async (_method, request) => {
    const { token } = world();
    const answer = await token(request);
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        pragma: 'no-cache',
      },
      body: { token_type: 'Bearer', expires_in: 900, scope: 'orders:read' },
    });
    expect(answer.body).not.toHaveProperty('refresh_token');
  });

  test('an access token with the header and claims of RFC 9068 §2', async () => {
    const { token, ring } = world();
    const { body } = await token({
      headers: basic(),
      body: { ...clientCredentials, scope: 'orders:write orders:read' },
    });
    const { payload, protectedHeader } = await jwtVerify(
      String(body.access_token),
      publicKeys(ring),
      verifyAt,
    );
    const active = ring.keys.find(({ state, alg }) => state === 'active' && alg === 'RS256');
    expect(protectedHeader).toEqual({ typ: 'at+jwt', alg: 'RS256', kid: active?.kid });
    expect(payload).toEqual({
      iss: issuer,
      sub: 'orders',
      client_id: 'orders',
      aud: 'https://orders.example.com',
      iat: now,
      exp: now + 900,
      jti: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      scope: 'orders:write orders:read',
    });
  });

  test('two tokens never have the same jti', async () => {
    const { token, ring } = world();
    const jtis = new Set<unknown>();
    for (let i = 0; i < 20; i += 1) {
      const { body } = await token({ headers: basic(), body: clientCredentials });
      jtis.add(
        (await jwtVerify(String(body.access_token), publicKeys(ring), verifyAt)).payload.jti,
      );
    }
    expect(jtis.size).toBe(20);
  });

  test('with the algorithm and lifetime of the client', async () => {
    const clients = [
      { ...ordersClient, signingAlgorithm: 'ES256' as const, accessTokenLifetimeSeconds: 60 },
    ];
    const { token, ring } = world({ clients });
    const { body } = await token({ headers: basic(), body: clientCredentials });
    expect(body.expires_in).toBe(60);
    const verified = await jwtVerify(String(body.access_token), publicKeys(ring), verifyAt);
    expect(verified.protectedHeader.alg).toBe('ES256');
  });

  test('never for longer than the hard maximum, whatever a record says', async () => {
    const { token } = world({ clients: [{ ...ordersClient, accessTokenLifetimeSeconds: 7_200 }] });
    expect((await token({ headers: basic(), body: clientCredentials })).body.expires_in).toBe(
      3_600,
    );
  });

  test.each([
    ['resource=https%3A%2F%2Fbilling.example.com', 'https://billing.example.com'],
    [
      'resource=https%3A%2F%2Fbilling.example.com&resource=https%3A%2F%2Forders.example.com',
      ['https://billing.example.com', 'https://orders.example.com'],
    ],
  ])('for the resource that was asked for: %s (RFC 8707 §2.2)', async (resource, aud) => {
    const { token, ring } = world();
    const { body } = await token({
      headers: basic(),
      body: `grant_type=client_credentials&${resource}`,
    });
    const { payload } = await jwtVerify(String(body.access_token), publicKeys(ring), verifyAt);
    expect(payload.aud).toEqual(aud);
  });

  test('with either of two secrets, each until its own end', async () => {
    const [first] = ordersClient.secrets;
    if (first === undefined) throw new Error('the client has a secret');
    const { digest } = await import('../../../functions/core/digest.ts');
    const second = { ...first, id: 's2', hash: digest('kwcs_second'), expiresAt: now + 10 };
    const { token, clock } = world({ clients: [{ ...ordersClient, secrets: [first, second] }] });
    const ask = async (password: string) =>
      (await token({ headers: basic('orders', password), body: clientCredentials })).status;
    expect([await ask(secret), await ask('kwcs_second')]).toEqual([200, 200]);
    clock.seconds = now + 9;
    expect(await ask('kwcs_second')).toBe(200);
    clock.seconds = now + 10;
    expect([await ask(secret), await ask('kwcs_second')]).toEqual([200, 401]);
  });

  test('and reads a body that the gateway encoded, and unknown and empty parameters', async () => {
    const { token } = world();
    const body = Buffer.from('grant_type=client_credentials&scope=&foo=bar').toString('base64');
    const answer = await token({ headers: basic(), body, isBase64Encoded: true });
    expect(answer.body.scope).toBe('orders:read');
  });

  test('and writes one record of it, without anything secret', async () => {
    const { token, audit } = world();
    const { body } = await token({ headers: basic(), body: clientCredentials });
    expect(audit).toEqual([
      expect.objectContaining({
        event: 'token_issued',
        clientId: 'orders',
        secretId: 's1',
        alg: 'RS256',
      }),
    ]);
    const text = JSON.stringify(audit);
    expect(text).not.toContain(secret);
    expect(text).not.toContain(String(body.access_token).split('.')[2]);
  });
});
