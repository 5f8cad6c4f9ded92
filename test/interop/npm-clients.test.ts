import { JwtVerifier } from 'aws-jwt-verify';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';

const audience = 'https://orders.example.com';
let world: DemoWorld;

beforeAll(async () => {
  world = await demoWorld();
}, 60_000);
afterAll(() => world.stop());

async function callOrders(accessToken: string): Promise<number[]> {
  const statuses: number[] = [];
  for (const api of [world.restApi, world.httpApi]) {
    const response = await fetch(`${api}/orders`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  return statuses;
}

describe.each([
  ['before a rotation', async () => {}],
  ['after a rotation', () => world.rotate()],
])('unmodified clients, %s', (_when, prepare) => {
  beforeAll(prepare, 60_000);

  test.each(['client_secret_basic', 'client_secret_post'] as const)(
    'oauth4webapi discovers the issuer, gets a token with %s and validates it (RFC 8414, RFC 6749 §4.4, RFC 9068)',
    async (method) => {
      const insecure = { [oauth.allowInsecureRequests]: true };
      const issuer = new URL(world.issuer);
      const as = await oauth.processDiscoveryResponse(
        issuer,
        await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
      );
      const authentication =
        method === 'client_secret_basic'
          ? oauth.ClientSecretBasic(world.clientSecret)
          : oauth.ClientSecretPost(world.clientSecret);
      const result = await oauth.processClientCredentialsResponse(
        as,
        { client_id: world.clientId },
        await oauth.clientCredentialsGrantRequest(
          as,
          { client_id: world.clientId },
          authentication,
          { scope: 'orders:read' },
          insecure,
        ),
      );
      expect(result).toMatchObject({ token_type: 'bearer', scope: 'orders:read' });
      const request = new Request(`${world.restApi}/orders`, {
        headers: { authorization: `Bearer ${result.access_token}` },
      });
      const claims = await oauth.validateJwtAccessToken(as, request, audience, insecure);
      expect(claims).toMatchObject({ iss: world.issuer, sub: world.clientId, aud: audience });
      expect(await callOrders(result.access_token)).toEqual([200, 200]);
    },
  );

  test.each(['oauth2', 'oidc'] as const)(
    'openid-client discovers the issuer by its %s document and gets a token (RFC 8414, Discovery 1.0 §4)',
    async (algorithm) => {
      const config = await client.discovery(
        new URL(world.issuer),
        world.clientId,
        world.clientSecret,
        undefined,
        { algorithm, execute: [client.allowInsecureRequests] },
      );
      const tokens = await client.clientCredentialsGrant(config, { scope: 'orders:read' });
      expect(tokens.expiresIn()).toBeGreaterThan(60);
      expect(await callOrders(tokens.access_token)).toEqual([200, 200]);
    },
  );

  test('oauth4webapi introspects, validates the signed answer, and revokes (RFC 7662, RFC 9701, RFC 7009)', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(world.issuer);
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
    );
    const me = { client_id: world.clientId };
    const authentication = oauth.ClientSecretBasic(world.clientSecret);
    const token = await world.token('orders:read');
    const introspected = async (requestJwtResponse: boolean) => {
      const response = await oauth.introspectionRequest(as, me, authentication, token, {
        ...{ requestJwtResponse, ...insecure },
      });
      const answer = await oauth.processIntrospectionResponse(as, me, response);
      if (requestJwtResponse) await oauth.validateApplicationLevelSignature(as, response, insecure);
      return answer;
    };
    for (const isSigned of [false, true]) {
      expect(await introspected(isSigned)).toMatchObject({
        ...{ active: true, client_id: world.clientId, aud: audience, scope: 'orders:read' },
      });
    }
    for (let i = 0; i < 2; i += 1) {
      const response = await oauth.revocationRequest(as, me, authentication, token, insecure);
      expect(await oauth.processRevocationResponse(response)).toBeUndefined();
    }
    for (const isSigned of [false, true]) {
      expect(await introspected(isSigned)).toEqual({ active: false });
    }
    const wrong = oauth.ClientSecretBasic('kwcs_wrong');
    const refused = await oauth.revocationRequest(as, me, wrong, token, insecure);
    await expect(oauth.processRevocationResponse(refused)).rejects.toMatchObject({
      ...{ code: oauth.RESPONSE_BODY_ERROR, error: 'invalid_client', status: 401 },
    });
  });

  test('openid-client introspects and revokes (RFC 7662, RFC 7009)', async () => {
    const config = await client.discovery(
      new URL(world.issuer),
      world.clientId,
      world.clientSecret,
      undefined,
      { execute: [client.allowInsecureRequests] },
    );
    const { access_token } = await client.clientCredentialsGrant(config, { scope: 'orders:read' });
    expect(await client.tokenIntrospection(config, access_token)).toMatchObject({ active: true });
    await client.tokenRevocation(config, access_token, { token_type_hint: 'refresh_token' });
    expect(await client.tokenIntrospection(config, access_token)).toEqual({ active: false });
  });

  test('jose and aws-jwt-verify verify our tokens through our JWK Set, and refuse a tampered one', async () => {
    const token = await world.token('orders:read');
    const [header, , signature] = token.split('.');
    const forged = Buffer.from(
      JSON.stringify({ ...decode(token), scope: 'orders:admin' }),
    ).toString('base64url');
    const tampered = `${header}.${forged}.${signature}`;
    const jwksUri = `${world.issuer}/.well-known/jwks.json`;
    const remote = createRemoteJWKSet(new URL(jwksUri));
    const options = { issuer: world.issuer, audience, typ: 'at+jwt' };
    const { payload } = await jwtVerify(token, remote, options);
    expect(payload.client_id).toBe(world.clientId);
    await expect(jwtVerify(tampered, remote, options)).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });

    const verifier = JwtVerifier.create({ issuer: world.issuer, audience, jwksUri });
    // Its own fetcher speaks https alone; the key set is handed over as its guide says.
    const jwks = await (await fetch(jwksUri)).json();
    verifier.cacheJwks(jwks as Parameters<typeof verifier.cacheJwks>[0]);
    expect(await verifier.verify(token)).toMatchObject({ client_id: world.clientId });
    await expect(verifier.verify(tampered)).rejects.toThrow('Invalid signature');
  });
});

function decode(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}
