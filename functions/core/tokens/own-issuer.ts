import type { IssuerKeys } from '../keys/issuer-keys.ts';
import type { ClaimRules } from './token-principal.ts';
import type { IssuerRules } from './verify-access-token.ts';

/** Values of `typ` that say "access token" (RFC 9068 §2.1). */
export const accessTokenTypes: readonly string[] = ['at+jwt', 'application/at+jwt'];

export interface OwnIssuer {
  readonly issuer: string;
  readonly clockSkewSeconds: number;
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly ringHoldSeconds: number;
}

/** What is believed of our own issuer: as strictly as RFC 9068 lets it. */
export function ownIssuerRules(
  own: OwnIssuer,
  keys: IssuerKeys,
  audiences: ClaimRules['audiences'],
): IssuerRules {
  return {
    issuer: own.issuer,
    markedAs: '',
    keys,
    algorithms: ['RS256', 'ES256'],
    types: accessTokenTypes,
    skewSeconds: own.clockSkewSeconds,
    lifetimeMaxSeconds: own.accessTokenLifetimeMaxSeconds,
    ringHoldSeconds: own.ringHoldSeconds,
    audiences,
    audienceClaim: 'aud',
    clientIdClaim: 'client_id',
    scopeClaims: ['scope'],
    rolesPath: ['roles'],
    requiredClaims: {},
    forbiddenClaims: [],
    isStrict: true,
  };
}
