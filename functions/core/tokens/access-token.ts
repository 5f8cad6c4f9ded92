import type { Client } from '../clients/client.ts';
import type { TokenDecision } from './grant-type.ts';

/** A `jti` of ours has so many of base64url: more than 128 random bits. */
export const tokenIdCharacters = 22;

/** Does this look like the `jti` of a token of ours? */
export function isTokenId(text: string): boolean {
  return text.length === tokenIdCharacters && /^[A-Za-z0-9_-]+$/.test(text);
}

/** Claims of an access token (RFC 9068 §2.2). Times are whole epoch seconds. */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly client_id: string;
  readonly aud: string | readonly string[];
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly scope: string;
}

export interface Lifetimes {
  readonly accessTokenLifetimeSeconds: number;
  readonly accessTokenLifetimeMaxSeconds: number;
}

/**
 * The claims of a new access token. The client's own lifetime wins over the deployment's; none exceeds the hard
 * maximum, because the retirement of keys relies on that.
 *
 * @param jti at least 128 random bits
 */
export function accessTokenClaims(
  issuer: string,
  client: Client,
  decision: TokenDecision,
  lifetimes: Lifetimes,
  now: number,
  jti: string,
): AccessTokenClaims {
  const lifetime = client.accessTokenLifetimeSeconds ?? lifetimes.accessTokenLifetimeSeconds;
  const [only, ...others] = decision.audience;
  return {
    iss: issuer,
    sub: decision.subject,
    client_id: client.clientId,
    aud: others.length === 0 && only !== undefined ? only : decision.audience,
    iat: now,
    exp: now + Math.min(lifetime, lifetimes.accessTokenLifetimeMaxSeconds),
    jti,
    scope: decision.scope.join(' '),
  };
}
