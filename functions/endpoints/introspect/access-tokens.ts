import type { IssuerKeys } from '../../core/keys/issuer-keys.ts';
import { ok } from '../../core/result.ts';
import type { Revocations } from '../../core/revocation/revocation-view.ts';
import type { DenyReason } from '../../core/routes/decision.ts';
import type { JsonObject } from '../../core/strict-json.ts';
import { parseJwt } from '../../core/tokens/jwt.ts';
import { type OwnIssuer, ownIssuerRules } from '../../core/tokens/own-issuer.ts';
import type { TokenPrincipal } from '../../core/tokens/token-principal.ts';
import { verifyAccessToken } from '../../core/tokens/verify-access-token.ts';
import type { TokenFinder } from '../token-finder.ts';
import type { IntrospectableToken } from './endpoint.ts';

/** What of its claims is told (RFC 7662 §2.2, RFC 8693 §4.1, RFC 8705 §3.2, RFC 9470 §6.2). */
const told = [
  ...['scope', 'client_id', 'sub', 'aud', 'iss', 'jti', 'exp', 'iat', 'nbf'],
  ...['acr', 'auth_time', 'cnf', 'act'],
];

/** Access tokens that are JWTs of ours. */
export function introspectableAccessTokens(
  own: OwnIssuer,
  keys: IssuerKeys,
): TokenFinder<IntrospectableToken> {
  const issuers = new Map([[own.issuer, ownIssuerRules(own, keys, 'any')]]);

  return {
    async find(presented, now, log) {
      const verified = await verifyAccessToken(presented, issuers, now);
      if (!verified.ok) return verified;
      const { principal } = verified.value;
      const problem = problemOf(principal, now, log);
      return ok({
        kind: 'access_token',
        id: principal.credentialId,
        clientId: principal.clientId,
        audience: principal.audience,
        members: { token_type: 'Bearer', ...claimsOf(parseJwt(presented)?.payload ?? {}) },
        ...(problem === undefined ? {} : { problem }),
      });
    },
  };
}

/** Where a token says "active", nobody must find it expired: the tolerance of a verifier is not given to others. */
function problemOf(
  { expiresAt, marks }: TokenPrincipal,
  now: number,
  log: Revocations,
): DenyReason | undefined {
  if (now >= expiresAt) return 'expired';
  return log.isRevoked(marks) ? 'revoked' : undefined;
}

function claimsOf(payload: JsonObject): JsonObject {
  const isThere = (name: string) => Object.hasOwn(payload, name) && payload[name] !== '';
  return Object.fromEntries(told.filter(isThere).map((name) => [name, payload[name]]));
}
