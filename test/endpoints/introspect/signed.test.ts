import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { publishedKeys } from '../../support/gate.ts';
import { accessToken, claims, issuerWorld, orders } from '../../support/issuer-world.ts';
import { ring } from '../../support/ring.ts';
import { basic, issuer, now, ordersClient } from '../../support/world.ts';

const api = { ...ordersClient, clientId: 'orders-api', introspects: [orders] };
const modern = { ...api, clientId: 'modern', signingAlgorithm: 'ES256' as const };
const clients = [ordersClient, api, modern];

const accept = 'application/token-introspection+jwt';
const asking = (clientId: string, token: string, accepted = accept) => ({
  headers: { ...basic(clientId), accept: accepted },
  body: { token },
});
const keySet = createLocalJWKSet({ keys: publishedKeys().map(({ jwk }) => ({ ...jwk })) });
const verified = (text: string, audience: string) =>
  jwtVerify(text, keySet, {
    ...{ issuer, audience, typ: 'token-introspection+jwt', currentDate: new Date(now * 1_000) },
  });

describe('a signed answer (RFC 9701)', () => {
  test.each([
    ['orders-api', 'RS256'],
    ['modern', 'ES256'],
  ])('for %s, by its algorithm %s, with nothing of the token at the top', async (clientId, alg) => {
    const { introspect } = issuerWorld({ clients });
    const answer = await introspect(asking(clientId, accessToken()));
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': accept, 'cache-control': 'no-store' },
    });
    const { payload } = await verified(answer.text, clientId);
    expect(payload).toEqual({
      ...{ iss: issuer, aud: clientId, iat: now },
      token_introspection: { active: true, token_type: 'Bearer', ...claims },
    });
    const kid = ring.keys.find((key) => key.alg === alg && key.state === 'active')?.kid;
    expect(decodeProtectedHeader(answer.text)).toEqual({
      typ: 'token-introspection+jwt',
      ...{ alg, kid },
    });
  });

  test('of what is not active says so, and nothing else', async () => {
    const { introspect } = issuerWorld({ clients });
    const { text } = await introspect(asking('orders-api', 'garbage'));
    const { payload } = await verified(text, 'orders-api');
    expect(payload.token_introspection).toEqual({ active: false });
  });

  test('is no access token: nothing lets it in', async () => {
    const { introspect } = issuerWorld({ clients });
    const { text } = await introspect(asking('orders-api', accessToken()));
    const again = await introspect(asking('orders-api', text, 'application/json'));
    expect(again.text).toBe('{"active":false}');
  });

  test.each([
    [accept, true],
    [`application/json, ${accept}`, true],
    [`${accept.toUpperCase()};q=0.5`, true],
    [`${accept};q=0`, false],
    [`${accept};q=0.000`, false],
    [`${accept}; q=0 ; version=1`, false],
    [`${accept};q=0.0;version=1, application/json`, false],
    [`${accept};q=0.001;version=1`, true],
    ['application/json', false],
    ['*/*', false],
    ['application/jwt', false],
  ])('for Accept: %s: %s; the ring is read for it alone', async (accepted, isSigned) => {
    const { introspect, asked } = issuerWorld({ clients });
    const { headers } = await introspect(asking('orders-api', accessToken(), accepted));
    expect(headers['content-type']).toBe(isSigned ? accept : 'application/json');
    expect(asked.ringReads).toBe(isSigned ? 1 : 0);
  });

  test('a refusal is not signed', async () => {
    const { introspect } = issuerWorld({ clients });
    const { headers, body } = await introspect(asking('nobody', accessToken()));
    expect([headers['content-type'], body.error]).toEqual(['application/json', 'invalid_client']);
  });
});
