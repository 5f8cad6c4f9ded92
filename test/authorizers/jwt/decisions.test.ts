import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { defineRoutes, requires } from '../../../functions/core/routes/route-policy.ts';
import { signAccessToken } from '../../../functions/core/tokens/access-token-signer.ts';
import {
  auth0,
  cognito,
  entra,
  keycloak,
  okta,
} from '../../../functions/core/tokens/issuer-presets.ts';
import type { TrustedIssuer } from '../../../functions/core/tokens/trusted-issuer.ts';
import { restAuthRequest } from '../../../functions/gateway/rest-authorizer.ts';
import { restAuthorizerEvent } from '../../support/events/authorizer.ts';
import { audience, gate, issuer, now, publishedKeys, ringHoldSeconds } from '../../support/gate.ts';
import { ring } from '../../support/ring.ts';

function bearer(claims: Readonly<Record<string, unknown>> = {}): string {
  const { token } = signAccessToken(ring, 'RS256', {
    iss: issuer,
    sub: 'orders',
    client_id: 'orders',
    aud: audience,
    iat: now,
    exp: now + 600,
    jti: 'jti-1',
    scope: 'orders:read',
    ...claims,
  });
  return `Bearer ${token}`;
}

/** The same token under the id of a key that nobody has. */
function withKid(kid: string, authorization: string = bearer()): string {
  const [, payload, signature] = authorization.slice(7).split('.');
  const header = JSON.stringify({ typ: 'at+jwt', alg: 'RS256', kid });
  return `Bearer ${Buffer.from(header).toString('base64url')}.${payload}.${signature}`;
}

const routes = defineRoutes({
  'GET /orders/{id}': requires({ schemes: ['bearer'], scopes: ['orders:read'] }),
  'POST /orders': requires({ schemes: ['bearer'], anyScope: ['orders:write', 'orders:admin'] }),
  'GET /both': requires({ schemes: ['bearer'], scopes: ['a', 'b'] }),
  'GET /audit/{rest+}': requires({ schemes: ['bearer'], roles: ['auditor', 'owner'] }),
  'GET /transfers': requires({ schemes: ['bearer'], acr: 'urn:keyward:mfa', maxAgeSeconds: 300 }),
  'GET /reports': requires({ schemes: ['bearer'], audience: 'https://reports.example.com' }),
  'ANY /any': requires({ schemes: ['bearer'] }),
});

/** Nothing is replayed, so every answer is for one route. */
const oneRoute = { isReplayed: false };

describe('an answer for one route', () => {
  test('allows the matched template under the stage, never the path that the caller spelt', async () => {
    const { rest } = gate({ routes, compile: oneRoute });
    const arn = 'arn:aws:execute-api:us-east-1:000000000000:abc123/prod';
    expect(await rest(bearer())).toMatchObject({
      effect: 'Allow',
      resource: `${arn}/GET/orders/*`,
      principalId: 'orders',
    });
    const roles = bearer({ roles: ['auditor'] });
    expect(await rest(roles, 'GET /audit/{rest+}')).toMatchObject({
      resource: `${arn}/GET/audit/*`,
    });
  });

  test('hands the backend flat texts, the same on both surfaces', async () => {
    const { rest, http, last } = gate({ routes, compile: oneRoute });
    const expected = {
      v: '1',
      mth: 'bearer',
      iss: issuer,
      sub: 'orders',
      cid: 'orders',
      scp: 'orders:read',
      rol: '[]',
      aud: JSON.stringify([audience]),
      cred: 'jti-1',
      exp: String(now + 600),
    };
    const onRest = await rest(bearer());
    expect(onRest.context).toEqual({ ...expected, dec: last().decisionId });
    expect(await http(bearer())).toEqual({
      isAuthorized: true,
      context: { ...expected, dec: last().decisionId },
    });
  });

  test('a refusal of the route is a Deny with what is needed; a bad credential is exactly "Unauthorized" (RFC 6750 §3.1)', async () => {
    const { rest, http } = gate({ routes, compile: oneRoute });
    expect(await rest(bearer(), 'POST /orders')).toMatchObject({
      effect: 'Deny',
      context: { error: 'insufficient_scope', scope: 'orders:write orders:admin' },
    });
    expect(await http(bearer(), 'POST /orders')).toMatchObject({
      isAuthorized: false,
      context: { error: 'insufficient_scope' },
    });
    expect(await rest(undefined)).toEqual({ threw: 'Unauthorized' });
    expect(await rest([bearer(), bearer()])).toEqual({ threw: 'Unauthorized' });
  });

  test('a route that the table does not know is denied, whoever asks', async () => {
    const { rest, http, last } = gate({ routes, compile: oneRoute });
    expect(await rest(bearer(), 'GET /secret')).toMatchObject({ effect: 'Deny' });
    expect(last().reason).toBe('route_not_declared');
    expect(await http(bearer(), 'GET /constructor')).toMatchObject({ isAuthorized: false });
    expect(await rest(bearer(), 'PUT /any')).toMatchObject({ effect: 'Allow' });
  });

  test('a verb of the caller never becomes a wildcard in the policy of an ANY route', async () => {
    const { rest } = gate({ routes, compile: oneRoute });
    for (const verb of ['*', 'G?T', 'GET*']) {
      expect(await rest(bearer(), `${verb} /any`)).toEqual({
        threw: 'a verb that is no plain word',
      });
    }
  });

  test("the console's test event is read like any other, and an ARN of an unknown shape is not", () => {
    const event = restAuthorizerEvent('GET /orders/{id}', undefined, {
      headers: null,
      multiValueHeaders: null,
    });
    expect(restAuthRequest(event).headers.get('authorization')).toBeUndefined();
    for (const methodArn of ['*', 'arn:aws:execute-api:*:*:*/*', 'arn:aws:s3:::bucket/GET/x', '']) {
      expect(() => restAuthRequest({ ...event, methodArn })).toThrow('ARN');
    }
    const china = 'arn:aws-cn:execute-api:cn-north-1:000000000000:abc/prod/GET/a:b/c';
    expect(restAuthRequest({ ...event, methodArn: china }).stageArn).toBe(
      'arn:aws-cn:execute-api:cn-north-1:000000000000:abc/prod',
    );
  });
});

describe('the first thing that is wrong decides, in the order of the checks', () => {
  test.each([
    ['unknown_kid', { iat: now - 700, exp: now - 100, aud: 'https://other.example' }],
    ['expired', { iat: now - 700, exp: now - 100, aud: 'https://other.example', cnf: {} }],
    ['wrong_audience', { aud: 'https://other.example', cnf: {} }],
    ['binding_mismatch', { cnf: {} }],
  ])('%s', async (reason, claims) => {
    const { rest, last } = gate();
    const token = bearer(claims);
    await rest(reason === 'unknown_kid' ? withKid('nobody', token) : token);
    expect(last().reason).toBe(reason);
  });

  test('a key that two issuers name alike is looked for at the issuer that the token names', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const [ours] = publishedKeys();
    const kid = ours?.jwk.kid ?? '';
    const jwk = { ...(await exportJWK(publicKey)), kid };
    const trusted = auth0({ domain: 'tenant.eu.auth0.com', audiences: [audience] });
    const { http, last } = gate({
      trustedIssuers: [trusted],
      source: { fetch: async () => ({ text: JSON.stringify({ keys: [jwk] }) }) },
    });
    const token = (iss: string) =>
      new SignJWT({ sub: 'u1', aud: audience, azp: 'app', client_id: 'app', jti: 'j', iss })
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid })
        .setIssuedAt(now)
        .setExpirationTime(now + 60)
        .sign(privateKey);
    expect(await http(`Bearer ${await token(trusted.issuer)}`)).toMatchObject({
      isAuthorized: true,
    });
    expect(await http(`Bearer ${await token(issuer)}`)).toMatchObject({ isAuthorized: false });
    expect(last().reason).toBe('bad_signature');
  });
});

test.each([
  (token: string) => ` ${token}`,
  (token: string) => `${token} `,
  (token: string) => `${token} b`,
  (token: string) => `${token}\n`,
  (token: string) => `\u00a0${token}`,
  (token: string) => `${token}=`,
  (token: string) => `${token}\ud800`,
])(
  'a good token with anything else beside it is malformed, also when it was seen before (RFC 6750 §2.1)',
  async (spelt) => {
    const { rest, http, last } = gate();
    const good = bearer();
    expect(await http(good)).toMatchObject({ isAuthorized: true });
    const other = `Bearer ${spelt(good.slice('Bearer '.length))}`;
    expect(await rest(other)).toEqual({ threw: 'Unauthorized' });
    expect(last().reason).toBe('malformed');
  },
);

describe('what reaches a backend', () => {
  test.each([
    ['roles', { roles: ['auditor\u0085'] }],
    ['roles', { roles: ['a\r\nb'] }],
    ['aud', { aud: [audience, 'x\u007f'] }],
    ['acr', { acr: 'a\u0000' }],
  ])('holds no control characters: %s of %j', async (_name, claims) => {
    const { rest, last } = gate();
    expect(await rest(bearer(claims))).toEqual({ threw: 'Unauthorized' });
    expect(last().reason).toBe('malformed');
  });

  test('fits what API Gateway takes, counted in bytes, or nothing is answered', async () => {
    const { rest, http } = gate();
    const answer = await rest(
      bearer({ roles: Array.from({ length: 250 }, (_, i) => `役割の名前${i}`) }),
    );
    expect(Buffer.byteLength(JSON.stringify(answer.context))).toBeLessThanOrEqual(7_600);
    expect(answer.effect).toBe('Allow');
    // Fewer than 8,000 characters: quotes grow where they are escaped twice, and a name of another script has more bytes.
    const roles = Array(25).fill(`${'"'.repeat(50)}${'役'.repeat(39)}`);
    for (const ask of [rest, http]) {
      expect(await ask(bearer({ roles }))).toMatchObject({ threw: expect.stringContaining('fit') });
    }
  });
});

describe('what a route demands', () => {
  test.each([
    ['GET /both', { scope: 'a b c' }, 'allow'],
    ['GET /both', { scope: 'a' }, 'insufficient_scope'],
    ['GET /both', { scope: 'ab' }, 'insufficient_scope'],
    ['GET /both', { scope: 'A B' }, 'insufficient_scope'],
    ['POST /orders', { scope: 'orders:admin' }, 'allow'],
    ['GET /audit/{rest+}', { roles: ['owner'] }, 'allow'],
    ['GET /audit/{rest+}', { roles: ['reader'] }, 'insufficient_role'],
    ['GET /audit/{rest+}', {}, 'insufficient_role'],
    ['GET /transfers', { acr: 'urn:keyward:mfa', auth_time: now - 300 }, 'allow'],
    ['GET /transfers', { acr: 'urn:keyward:mfa', auth_time: now - 301 }, 'step_up_required'],
    ['GET /transfers', { acr: 'urn:keyward:mfa' }, 'step_up_required'],
    ['GET /transfers', { acr: 'urn:other', auth_time: now }, 'step_up_required'],
    ['GET /transfers', { auth_time: now }, 'step_up_required'],
    ['GET /transfers', { acr: 'urn:keyward:mfa', auth_time: now + 120 }, 'allow'],
    ['GET /transfers', { acr: 'urn:keyward:mfa', auth_time: now + 121 }, 'step_up_required'],
    ['GET /transfers', { acr: 'urn:keyward:mfa', auth_time: now * 1_000 }, 'step_up_required'],
    ['GET /reports', { aud: [audience, 'https://reports.example.com'] }, 'allow'],
    ['GET /reports', { aud: audience }, 'wrong_audience'],
    ['GET /reports', { aud: 'https://reports.example.com' }, 'wrong_audience'],
    ['ANY /any', { aud: 'https://reports.example.com' }, 'wrong_audience'],
  ])('%s with %j is %s', async (route, claims, outcome) => {
    const { http, last } = gate({ routes });
    const answer = await http(bearer(claims), route);
    expect(answer).toMatchObject({ isAuthorized: outcome === 'allow' });
    expect(last().reason ?? 'allow').toBe(outcome);
  });

  test('step-up says what it wants (RFC 9470 §3)', async () => {
    expect(await gate({ routes }).rest(bearer(), 'GET /transfers')).toMatchObject({
      effect: 'Deny',
      context: {
        error: 'insufficient_user_authentication',
        acr_values: 'urn:keyward:mfa',
        max_age: '300',
      },
    });
  });
});

describe('a token that was good', () => {
  test('is not good a second after its expiry and the skew, from the cache as from anew', async () => {
    const { rest, clock, last } = gate();
    expect(await rest(bearer())).toMatchObject({ effect: 'Allow' });
    clock.seconds = now + 629;
    expect(await rest(bearer())).toMatchObject({ effect: 'Allow' });
    clock.seconds = now + 630;
    expect(await rest(bearer())).toEqual({ threw: 'Unauthorized' });
    expect(last().reason).toBe('expired');
  });

  test('dies with its key when that is withdrawn, within the age of the key set', async () => {
    const { rest, clock, table, last } = gate();
    expect(await rest(bearer())).toMatchObject({ effect: 'Allow' });
    table.keys = publishedKeys().filter(({ state }) => state === 'next');
    clock.seconds = now + 59;
    expect(await rest(bearer())).toMatchObject({ effect: 'Allow' });
    clock.seconds = now + 60;
    expect(await rest(bearer())).toEqual({ threw: 'Unauthorized' });
    expect(last().reason).toBe('unknown_kid');
  });

  test('dies when another key takes the place of its own under the same kid (RFC 7517 §4.5)', async () => {
    const { rest, clock, table } = gate();
    expect(await rest(bearer())).toMatchObject({ effect: 'Allow' });
    const active = publishedKeys().filter(({ jwk }) => jwk.alg === 'RS256');
    const [first, second] = active;
    if (first === undefined || second === undefined) throw new Error('the ring has two RSA keys');
    const signing = first.state === 'active' ? first : second;
    const other = first.state === 'active' ? second : first;
    table.keys = [{ ...other, jwk: { ...other.jwk, kid: signing.jwk.kid } }];
    clock.seconds = now + 60;
    expect(await rest(bearer())).toEqual({ threw: 'Unauthorized' });
  });

  test('of a retired key stays good; one that was signed after every ring with it is forgotten does not', async () => {
    const { rest, clock, table } = gate();
    table.keys = publishedKeys().map((key) => ({ ...key, state: 'retired', retiredAt: now - 100 }));
    expect(await rest(bearer())).toMatchObject({ effect: 'Allow' });
    const until = now - 100 + ringHoldSeconds + 30;
    clock.seconds = until;
    expect(await rest(bearer({ iat: until, exp: until + 60 }))).toMatchObject({ effect: 'Allow' });
    expect(await rest(bearer({ iat: until + 1, exp: until + 60 }))).toEqual({
      threw: 'Unauthorized',
    });
  });

  test('costs one read of the table however often it comes, and none of its bytes reach the log', async () => {
    const { rest, table, audit } = gate();
    for (let i = 0; i < 50; i += 1) await rest(bearer());
    expect(table.reads).toBe(1);
    const text = JSON.stringify(audit);
    for (const part of bearer().slice(7).split('.')) expect(text).not.toContain(part);
    expect(audit[0]).toMatchObject({
      event: 'access_decided',
      outcome: 'allow',
      clientId: 'orders',
      credential: 'jti-1',
    });
    expect(text).not.toContain('"subject"');
  });
});

describe('an authorizer that cannot tell', () => {
  test('says so, never yes and never no, and recovers by itself', async () => {
    const { rest, http, table, clock, last } = gate();
    table.keys = undefined;
    expect(await rest(bearer())).toEqual({ threw: 'Unavailable' });
    expect(await http(bearer())).toEqual({ threw: 'Unavailable' });
    expect(last()).toMatchObject({ outcome: 'unavailable', reason: 'dependency_unavailable' });
    table.keys = publishedKeys();
    clock.seconds += 1;
    expect(await rest(bearer())).toMatchObject({ effect: 'Allow' });
  });

  test('goes on with the keys that it has for a day, and refuses nobody whose key it cannot look up', async () => {
    const { rest, table, clock } = gate();
    await rest(bearer());
    table.keys = undefined;
    clock.seconds = now + 86_399;
    const late = bearer({ iat: now + 86_000, exp: now + 86_600 });
    expect(await rest(late)).toMatchObject({ effect: 'Allow' });
    expect(await rest(withKid('new', late))).toEqual({ threw: 'Unavailable' });
    clock.seconds = now + 86_400;
    expect(await rest(bearer({ iat: now + 86_000, exp: now + 86_600 }))).toEqual({
      threw: 'Unavailable',
    });
  });

  test('does not turn that into a no, however many made-up kids came before', async () => {
    const { rest, table, clock } = gate();
    await rest(bearer());
    table.keys = undefined;
    for (let i = 0; i < 50; i += 1) {
      expect(await rest(withKid(`k${i}`))).toEqual({ threw: 'Unavailable' });
    }
    expect(table.reads).toBe(2);
    expect(await rest(bearer())).toMatchObject({ effect: 'Allow' });
    table.keys = publishedKeys();
    clock.seconds += 5;
    expect(await rest(withKid('k1'))).toEqual({ threw: 'Unauthorized' });
  });

  test('a flood of made-up kids costs one read in half a minute', async () => {
    const { rest, table, clock } = gate();
    await rest(bearer());
    for (let i = 0; i < 200; i += 1) {
      expect(await rest(withKid(`k${i}`))).toEqual({ threw: 'Unauthorized' });
    }
    expect(table.reads).toBe(2);
    clock.seconds += 29;
    await rest(withKid('one more'));
    expect(table.reads).toBe(2);
    clock.seconds += 1;
    await rest(withKid('another'));
    expect(table.reads).toBe(3);
    expect(await rest(bearer())).toMatchObject({ effect: 'Allow' });
  });
});

const tenant = '00000000-0000-0000-0000-000000000000';
const api = 'https://orders.example.com';
const presets: readonly [string, TrustedIssuer, object, object, object][] = [
  [
    'cognito',
    cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_AbCdEfGhI', clientIds: ['app'] }),
    { kid: 'k' },
    {
      sub: 'u1',
      client_id: 'app',
      token_use: 'access',
      scope: 'orders:read',
      'cognito:groups': ['auditor'],
      jti: 'j',
    },
    { sub: 'u1', aud: 'app', client_id: 'app', token_use: 'id' },
  ],
  [
    'auth0',
    auth0({ domain: 'tenant.eu.auth0.com', audiences: [api] }),
    { kid: 'k', typ: 'JWT' },
    {
      sub: 'u1',
      aud: [api, 'https://tenant.eu.auth0.com/userinfo'],
      azp: 'app',
      scope: 'openid',
      permissions: ['orders:read'],
    },
    { sub: 'u1', aud: api, nonce: 'n' },
  ],
  [
    'okta',
    okta({ domain: 'dev.okta.com', audiences: [api] }),
    { kid: 'k', typ: 'application/okta-internal-at+jwt' },
    { sub: 'u1', aud: api, cid: 'app', scp: ['orders:read'], groups: ['auditor'], jti: 'AT.1' },
    { sub: 'u1', aud: api, amr: ['pwd'] },
  ],
  [
    'keycloak',
    keycloak({ url: 'https://id.example.com/', realm: 'main', audiences: [api] }),
    { kid: 'k', typ: 'JWT' },
    {
      sub: 'u1',
      aud: [api, 'account'],
      azp: 'app',
      typ: 'Bearer',
      scope: 'orders:read',
      realm_access: { roles: ['auditor'] },
    },
    { sub: 'u1', aud: api, azp: 'app', typ: 'ID' },
  ],
  [
    'entra',
    entra({ tenantId: tenant, audiences: ['api://orders'] }),
    { kid: 'k', typ: 'JWT' },
    {
      sub: 'u1',
      aud: 'api://orders',
      azp: 'app',
      ver: '2.0',
      scp: 'orders:read',
      roles: ['auditor'],
    },
    { sub: 'u1', aud: 'api://orders', ver: '2.0', preferred_username: 'u@example.com' },
  ],
];

describe.each(presets)('tokens of %s', (_name, trusted, header, access, id) => {
  test('an access token is accepted, with scope and client; an ID token, another audience and a stranger are not', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', use: 'sig' };
    const source = {
      fetch: async () => ({ text: JSON.stringify({ keys: [jwk] }), maxAgeSeconds: 3_600 }),
    };
    const world = gate({
      routes: { 'GET /x': requires({ schemes: ['bearer'], scopes: ['orders:read'] }) },
      trustedIssuers: [trusted],
      source,
    });
    const token = async (claims: object, iss = trusted.issuer) =>
      `Bearer ${await new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'RS256', ...header })
        .setIssuer(iss)
        .setIssuedAt(now)
        .setExpirationTime(now + 60)
        .sign(privateKey)}`;
    expect(await world.http(await token(access))).toMatchObject({
      isAuthorized: true,
      context: {
        iss: trusted.issuer,
        cid: 'app',
        sub: 'u1',
        scp: expect.stringContaining('orders:read'),
      },
    });
    expect(await world.http(await token(id))).toMatchObject({ isAuthorized: false });
    // For what it is, not for the scope that it lacks.
    expect(world.last().reason).toBe('wrong_type');
    const elsewhere = { ...access, aud: 'https://other.example', client_id: 'other' };
    expect(await world.http(await token(elsewhere))).toMatchObject({ isAuthorized: false });
    expect(world.fetches).toEqual([trusted.jwksUri]);
    expect(await world.http(await token(access, `${trusted.issuer}x`))).toMatchObject({
      isAuthorized: false,
    });
    expect(world.last().reason).toBe('unknown_issuer');
    // Nobody who is trusted can speak for our own issuer.
    expect(await world.http(await token(access, issuer))).toMatchObject({ isAuthorized: false });
    expect(world.fetches).toEqual([trusted.jwksUri]);
  });
});
