import { type Algorithm, isAlgorithm } from './algorithm.ts';
import { isIssuer } from './issuer.ts';

/** Another issuer whose tokens are accepted, and how they are spelt. Plain data: it travels with the function's code. */
export interface TrustedIssuer {
  /** Compared byte by byte with `iss`, before anything is fetched. */
  readonly issuer: string;
  /** Where its JWK Set is; https. */
  readonly jwksUri: string;
  /** What its tokens may be signed with. Nothing else is looked at. @default RS256 */
  readonly algorithms?: readonly Algorithm[];
  /** One of these must be in the audience claim. */
  readonly audiences: readonly string[];
  /** Values of `typ` that are accepted, in lower case; '' stands for none. @default at+jwt and application/at+jwt */
  readonly types?: readonly string[];
  /** @default aud */
  readonly audienceClaim?: string;
  /** @default client_id */
  readonly clientIdClaim?: string;
  /** Claims that hold the scope, as one string or a list; all of them count. @default scope */
  readonly scopeClaims?: readonly string[];
  /** Path to the list of roles. @default none */
  readonly rolesPath?: readonly string[];
  /**
   * Claims that must have exactly this value, or with `true` any text: how an access token is told from an ID token.
   * @default none
   */
  readonly requiredClaims?: Readonly<Record<string, string | true>>;
  /** Claims that must not be there. @default none */
  readonly forbiddenClaims?: readonly string[];
}

/** What is wrong with a trusted issuer, in words for whoever writes a deployment; `undefined` when it is fine. */
export function brokenIssuerRule(trusted: TrustedIssuer): string | undefined {
  const { issuer, jwksUri, audiences, algorithms = ['RS256'] } = trusted;
  if (!isIssuer(issuer))
    return `${issuer} is not an issuer: an https URL without query and fragment`;
  if (!isIssuer(jwksUri)) return `${issuer}: jwksUri must be an https URL`;
  if (audiences.length === 0) return `${issuer}: audiences must not be empty`;
  if (algorithms.length === 0 || !algorithms.every(isAlgorithm)) {
    return `${issuer}: algorithms may hold RS256 and ES256`;
  }
  return undefined;
}
