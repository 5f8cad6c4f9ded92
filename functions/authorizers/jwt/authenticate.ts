import type { AuthRequest } from '../../core/auth-request.ts';
import type { VerifiedTokenCache } from '../../core/verified-token-cache.ts';
import { type IssuerRules, stillGood, verifyAccessToken } from '../../core/verify-access-token.ts';
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

    async authenticate(request, now): Promise<Authentication> {
      const presented = bearerToken(request);
      if (typeof presented !== 'string') return presented;
      const known = cache.get(presented);
      if (known !== undefined) {
        // A hit spares the signature and the parsing, nothing else.
        const problem = await stillGood(known, now);
        if (problem === undefined) return { kind: 'authenticated', principal: known.principal };
        cache.delete(presented);
        return { kind: 'rejected', reason: problem };
      }
      const verified = await verifyAccessToken(presented, issuers, now);
      if (!verified.ok) return { kind: 'rejected', reason: verified.error };
      cache.set(presented, verified.value);
      return { kind: 'authenticated', principal: verified.value.principal };
    },
  };
}

/**
 * The token after `Bearer` and exactly one space, the scheme in any case. More than one value, or a comma, which is how
 * an HTTP API joins two headers, is more than one credential.
 */
function bearerToken(request: AuthRequest): string | Authentication {
  const [value, ...more] = request.headers.get('authorization') ?? [];
  if (value === undefined) return { kind: 'not_responsible' };
  if (more.length > 0 || value.includes(',')) {
    return { kind: 'rejected', reason: 'multiple_credentials' };
  }
  const space = value.indexOf(' ');
  const scheme = (space < 0 ? value : value.slice(0, space)).toLowerCase();
  if (scheme !== 'bearer') return { kind: 'not_responsible' };
  const token = space < 0 ? '' : value.slice(space + 1);
  // Everything a token can be (RFC 6750 §2.1, b64token); the parser behind this is stricter still.
  return /^[A-Za-z0-9._~+/=-]+$/.test(token) ? token : { kind: 'rejected', reason: 'malformed' };
}
