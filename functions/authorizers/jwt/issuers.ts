import { fetchedIssuerKeys } from '../../core/keys/fetched-issuer-keys.ts';
import type { IssuerKeys } from '../../core/keys/issuer-keys.ts';
import type { KeySetSource } from '../../core/ports/key-set-source.ts';
import { accessTokenTypes, ownIssuerRules } from '../../core/tokens/own-issuer.ts';
import type { TrustedIssuer } from '../../core/tokens/trusted-issuer.ts';
import type { IssuerRules } from '../../core/tokens/verify-access-token.ts';
import type { AuthorizerConfig } from '../config.ts';

/** What the authorizer believes of each issuer: its own, as strictly as RFC 9068 lets it, and the trusted ones. */
export function issuerRules(
  config: AuthorizerConfig,
  ownKeys: IssuerKeys,
  trusted: readonly TrustedIssuer[],
  source: KeySetSource,
): ReadonlyMap<string, IssuerRules> {
  const own = ownIssuerRules(config, ownKeys, [config.audience]);
  const others = trusted.map((issuer) => foreignRules(issuer, config, source));
  // Our own comes last: nobody who is trusted can take its place.
  return new Map([...others, own].map((rules) => [rules.issuer, rules]));
}

function foreignRules(
  trusted: TrustedIssuer,
  config: AuthorizerConfig,
  source: KeySetSource,
): IssuerRules {
  const algorithms = trusted.algorithms ?? ['RS256'];
  return {
    issuer: trusted.issuer,
    markedAs: trusted.issuer,
    keys: fetchedIssuerKeys(source, trusted.jwksUri, algorithms),
    algorithms,
    types: trusted.types ?? accessTokenTypes,
    skewSeconds: config.clockSkewSeconds,
    audiences: trusted.audiences,
    audienceClaim: trusted.audienceClaim ?? 'aud',
    clientIdClaim: trusted.clientIdClaim ?? 'client_id',
    scopeClaims: trusted.scopeClaims ?? ['scope'],
    rolesPath: trusted.rolesPath ?? [],
    requiredClaims: trusted.requiredClaims ?? {},
    forbiddenClaims: trusted.forbiddenClaims ?? [],
    isStrict: false,
  };
}
