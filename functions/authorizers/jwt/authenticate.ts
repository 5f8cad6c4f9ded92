import type { VerifiedTokenCache } from '../../core/tokens/verified-token-cache.ts';
import {
  type IssuerRules,
  stillGood,
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

    async authenticate(presented, { now, isStrict }): Promise<Authentication> {
      const known = cache.get(presented);
      if (known !== undefined) {
        // A hit spares the signature and the parsing, nothing else.
        const problem = await stillGood(known, now, isStrict);
        if (problem === undefined) return { kind: 'authenticated', principal: known.principal };
        cache.delete(presented);
        return { kind: 'rejected', reason: problem };
      }
      const verified = await verifyAccessToken(presented, issuers, now, isStrict);
      if (!verified.ok) return { kind: 'rejected', reason: verified.error };
      cache.set(presented, verified.value);
      return { kind: 'authenticated', principal: verified.value.principal };
    },
  };
}
