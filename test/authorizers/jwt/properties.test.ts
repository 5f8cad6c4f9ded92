import fc from 'fast-check';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../functions/authorizers/judge.ts';
import { compileRoutes } from '../../../functions/core/routes/compile-routes.ts';
import type { Principal } from '../../../functions/core/routes/principal.ts';
import { requires } from '../../../functions/core/routes/route-policy.ts';
import type { Algorithm } from '../../../functions/core/tokens/algorithm.ts';
import { importSigner } from '../../../functions/core/tokens/signature.ts';
import { restAuthRequest } from '../../../functions/gateway/rest-authorizer.ts';
import { restAuthorizerEvent } from '../../support/events/authorizer.ts';
import { audience, gate, issuer, now } from '../../support/gate.ts';
import { emptyLog } from '../../support/revocations.ts';
import { activeKey, ring } from '../../support/ring.ts';

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function signerOf(alg: Algorithm) {
  const key = activeKey(alg);
  const sign = importSigner(key.private, alg);
  return (head: object, body: object) => {
    const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${segment({ typ: 'at+jwt', alg, kid: key.kid, ...head })}.${segment(body)}`;
    return `${input}.${sign(input)}`;
  };
}

const claims = {
  iss: issuer,
  sub: 'orders',
  client_id: 'orders',
  aud: audience,
  iat: now - 10,
  exp: now + 600,
  jti: 'jti-1',
  scope: 'orders:read',
};

describe.each(['RS256', 'ES256'] as const)('with %s', (alg) => {
  const sign = signerOf(alg);
  const token = sign({}, claims);

  test('a token with any one character changed, left out or put in is refused (RFC 7515 §5.2)', async () => {
    const { http } = gate();
    expect(await http(`Bearer ${token}`)).toMatchObject({ isAuthorized: true });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length - 1),
        fc.constantFrom(...base64url, '.', '=', '+', '/', '~'),
        fc.constantFrom('change', 'remove', 'insert'),
        async (at, character, kind) => {
          const put = kind === 'remove' ? '' : character;
          const rest = token.slice(kind === 'insert' ? at : at + 1);
          const mutant = `${token.slice(0, at)}${put}${rest}`;
          fc.pre(mutant !== token);
          expect(await http(`Bearer ${mutant}`)).toMatchObject({ isAuthorized: false });
        },
      ),
      { numRuns: 1_500 },
    );
  });

  test('every last character of a segment but the right one is refused: a token has one spelling (RFC 4648 §3.5)', async () => {
    const { http } = gate();
    const ends = [token.indexOf('.') - 1, token.lastIndexOf('.') - 1, token.length - 1];
    for (const at of ends) {
      for (const character of base64url) {
        if (character === token[at]) continue;
        const mutant = `${token.slice(0, at)}${character}${token.slice(at + 1)}`;
        expect(await http(`Bearer ${mutant}`)).toMatchObject({ isAuthorized: false });
      }
    }
  });

  test('whatever is accepted, jose accepts with everything switched on; whatever jose refuses, is refused', async () => {
    const jwks = { keys: ring.keys.map((key) => key.public) } as unknown as JSONWebKeySet;
    const keys = createLocalJWKSet(jwks);
    const near = fc.constantFrom(-100_000, -700, -31, -30, -29, 0, 29, 30, 31, 700, 100_000);
    const odd = fc.constantFrom<unknown>('', 1, null, [], {}, 'orders', `${audience}/`);
    const values = fc.record({
      iss: fc.oneof(fc.constant(issuer), odd),
      aud: fc.oneof(fc.constant(audience), fc.constant([audience, 'x']), odd),
      sub: fc.oneof(fc.string({ minLength: 1 }), odd),
      iat: near.map((offset) => now + offset),
      exp: fc.oneof(
        near.map((offset) => now + offset),
        odd,
      ),
      nbf: near.map((offset) => now + offset),
      jti: fc.oneof(fc.string({ minLength: 1 }), odd),
    });
    // Few at a time: a token with seven oddities is refused for the first of them.
    const names = fc.subarray(['iss', 'aud', 'sub', 'iat', 'exp', 'nbf', 'jti'] as const, {
      maxLength: 2,
    });
    const changes = fc
      .tuple(values, names)
      .map(([all, few]) => Object.fromEntries(few.map((name) => [name, all[name]])));
    const heads = fc.record(
      {
        typ: fc.constantFrom('at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', ''),
        alg: fc.constantFrom('RS256', 'ES256', 'none', 'HS256'),
        crit: fc.constantFrom<unknown>([], ['exp'], 'x'),
      },
      { requiredKeys: [] },
    );
    const seen = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(heads, changes, fc.boolean(), async (head, body, isPlain) => {
        const candidate = sign(isPlain ? {} : head, { ...claims, ...body });
        const answer = await gate().http(`Bearer ${candidate}`);
        const isAccepted = 'isAuthorized' in answer && answer.isAuthorized;
        const isAcceptedByJose = await jwtVerify(candidate, keys, {
          issuer,
          audience,
          algorithms: ['RS256', 'ES256'],
          typ: 'at+jwt',
          requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti'],
          clockTolerance: 30,
          currentDate: new Date(now * 1_000),
        }).then(
          () => true,
          () => false,
        );
        seen[isAccepted ? 'accepted' : 'refused'] += 1;
        if (isAccepted) expect(isAcceptedByJose).toBe(true);
      }),
      { numRuns: 600 },
    );
    expect(seen.accepted).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(20);
  });
});

test('a route is open to exactly those who hold all of its scopes and one of any (RFC 6750 §3.1)', async () => {
  const scope = fc.constantFrom('a', 'b', 'c', 'A', 'ab', 'a:b');
  const some = fc.uniqueArray(scope, { minLength: 1 });
  const two = fc.uniqueArray(scope, { minLength: 2 });
  await fc.assert(
    fc.asyncProperty(
      fc.option(some, { nil: undefined }),
      fc.option(two, { nil: undefined }),
      fc.uniqueArray(scope),
      async (scopes, anyScope, held) => {
        const principal: Principal = {
          scheme: 'bearer',
          issuer,
          subject: 'orders',
          clientId: 'orders',
          scope: held,
          roles: [],
          audience: [audience],
          credentialId: 'j',
          expiresAt: now + 60,
        };
        const { decision } = await judge({
          table: compileRoutes({
            'GET /x': requires({
              schemes: ['bearer'],
              ...(scopes === undefined ? {} : { scopes }),
              ...(anyScope === undefined ? {} : { anyScope }),
            }),
          }),
          revocations: emptyLog(),
          authenticators: [
            {
              scheme: 'bearer',
              authenticate: async () => ({ kind: 'authenticated', principal }),
            },
          ],
        })(restAuthRequest(restAuthorizerEvent('GET /x', 'Bearer x')), now);
        const missing = (scopes ?? []).filter((one) => held.indexOf(one) < 0);
        const common = (anyScope ?? []).filter((one) => held.indexOf(one) >= 0);
        const isOpen = missing.length === 0 && (anyScope === undefined || common.length > 0);
        expect(decision.outcome).toBe(isOpen ? 'allow' : 'deny');
      },
    ),
    { numRuns: 500 },
  );
});
