import { digest } from '../../core/digest.ts';
import type { Revocations } from '../../core/revocation/revocation-view.ts';
import type { VerifiedTokenCache } from '../../core/tokens/verified-token-cache.ts';
import {
  type IssuerRules,
  stillGood,
  type VerifiedToken,
  verifyAccessToken,
} from '../../core/tokens/verify-access-token.ts';
import type { Authentication, Authenticator } from '../scheme.ts';

export interface JwtAuthentication {
  /** Issuer identifier → what is believed of it. */
  readonly issuers: ReadonlyMap<string, IssuerRules>;
  readonly cache: VerifiedTokenCache;
}

/** Bearer tokens that are JWTs (RFC 6750 §2.1, RFC 9068). */
export function jwtAuthenticator({ issuers, cache }: JwtAuthentication): Authenticator {
  return {
    scheme: 'bearer',

    async authenticate(presented, { now, revocations }): Promise<Authentication> {
      const key = digest(presented);
      const known = cache.get(key);
      if (known !== undefined) {
        // A hit spares the signature and the parsing, nothing else.
        const problem = (await stillGood(known, now)) ?? revoked(known, revocations);
        if (problem === undefined) return { kind: 'authenticated', principal: known.principal };
        cache.delete(key);
        return { kind: 'rejected', reason: problem };
      }
      const verified = await verifyAccessToken(presented, issuers, now);
      const problem = verified.ok ? revoked(verified.value, revocations) : verified.error;
      if (!verified.ok || problem !== undefined) {
        return { kind: 'rejected', reason: problem ?? 'revoked' };
      }
      cache.set(key, verified.value);
      return { kind: 'authenticated', principal: verified.value.principal };
    },
  };
}

function revoked({ principal }: VerifiedToken, log: Revocations): 'revoked' | undefined {
  return log.isRevoked(principal.marks) ? 'revoked' : undefined;
}
