import { clockSkewMaxSeconds } from '../../core/durations.ts';
import { type Environment, EnvironmentReader } from '../../core/environment.ts';
import { isIssuer } from '../../core/issuer.ts';
import { isResourceIndicator } from '../../core/resource.ts';
import type { RouteRequirement } from '../../core/route-policy.ts';
import type { TrustedIssuer } from '../../core/trusted-issuer.ts';

/** What the JWT authorizer is told by its deployment. */
export interface JwtAuthorizerConfig {
  /** Our own issuer. */
  readonly issuer: string;
  /** The protected API: what `aud` must contain. */
  readonly audience: string;
  readonly verificationTable: string;
  readonly clockSkewSeconds: number;
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly ringHoldSeconds: number;
  readonly publishedKeysCacheSeconds: number;
}

/** What is bundled beside the code as `policy.json`: an environment holds 4 KB, a route table more. */
export interface BundledPolicy {
  readonly routes: Readonly<Record<string, RouteRequirement>>;
  readonly trustedIssuers: readonly TrustedIssuer[];
}

export function toEnv(config: JwtAuthorizerConfig): Record<string, string> {
  return {
    ISSUER: config.issuer,
    AUDIENCE: config.audience,
    VERIFICATION_TABLE: config.verificationTable,
    CLOCK_SKEW_SECONDS: String(config.clockSkewSeconds),
    ACCESS_TOKEN_LIFETIME_MAX_SECONDS: String(config.accessTokenLifetimeMaxSeconds),
    RING_HOLD_SECONDS: String(config.ringHoldSeconds),
    PUBLISHED_KEYS_CACHE_SECONDS: String(config.publishedKeysCacheSeconds),
  };
}

/** Throws `InvalidEnvironment`, naming every variable that is wrong. */
export function fromEnv(environment: Environment): JwtAuthorizerConfig {
  const env = new EnvironmentReader(environment);
  return env.done({
    issuer: env.text('ISSUER', isIssuer),
    audience: env.text('AUDIENCE', isResourceIndicator),
    verificationTable: env.text('VERIFICATION_TABLE'),
    clockSkewSeconds: env.integer('CLOCK_SKEW_SECONDS', { min: 0, max: clockSkewMaxSeconds }),
    accessTokenLifetimeMaxSeconds: env.integer('ACCESS_TOKEN_LIFETIME_MAX_SECONDS', {
      min: 1,
      max: 86_400,
    }),
    ringHoldSeconds: env.integer('RING_HOLD_SECONDS', { min: 0, max: 604_800 }),
    publishedKeysCacheSeconds: env.integer('PUBLISHED_KEYS_CACHE_SECONDS', { min: 1, max: 3_600 }),
  });
}
