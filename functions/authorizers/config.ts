import { isApiKeyEnvironment, isApiKeyPrefix } from '../core/credentials/api-key.ts';
import {
  accessTokenLifetimeMaxBounds,
  clockSkewMaxSeconds,
  publishedKeysCacheBounds,
  revocationPollBounds,
  ringHoldBounds,
} from '../core/durations.ts';
import { type Environment, EnvironmentReader } from '../core/environment.ts';
import type { CompiledRoutes } from '../core/routes/route-policy.ts';
import { isIssuer } from '../core/tokens/issuer.ts';
import { isResourceIndicator } from '../core/tokens/resource.ts';
import type { TrustedIssuer } from '../core/tokens/trusted-issuer.ts';

/** What an authorizer of any scheme is told by its deployment. A name of a table is no right to read it. */
export interface AuthorizerConfig {
  /** Our own issuer. */
  readonly issuer: string;
  /** The protected API: what a credential must be good for. */
  readonly audience: string;
  readonly verificationTable: string;
  readonly clientsTable: string;
  readonly countersTable: string;
  /** Where connections of WebSocket APIs are remembered; '' where nobody closes them. */
  readonly connectionsTable: string;
  readonly clockSkewSeconds: number;
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly ringHoldSeconds: number;
  readonly publishedKeysCacheSeconds: number;
  /** API keys, users and certificates are used from memory for this long, unless the log says that they change. */
  readonly credentialCacheSeconds: number;
  /** How old what is known of the revocation log may be. */
  readonly revocationPollSeconds: number;
  /** How old it may be while the log cannot be read. */
  readonly revocationMaxStaleSeconds: number;
  readonly apiKeyPrefix: string;
  readonly apiKeyEnvironment: string;
}

/** What is bundled beside the code as `policy.json`: an environment holds 4 KB, a route table more. */
export interface BundledPolicy {
  readonly table: CompiledRoutes;
  readonly trustedIssuers: readonly TrustedIssuer[];
  /** Tier → value of the API Gateway key that stands for it in a usage plan; '' for whoever has no tier. */
  readonly tiers: Readonly<Record<string, string>>;
}

export function toEnv(config: AuthorizerConfig): Record<string, string> {
  return {
    ISSUER: config.issuer,
    AUDIENCE: config.audience,
    VERIFICATION_TABLE: config.verificationTable,
    CLIENTS_TABLE: config.clientsTable,
    COUNTERS_TABLE: config.countersTable,
    CONNECTIONS_TABLE: config.connectionsTable,
    CLOCK_SKEW_SECONDS: String(config.clockSkewSeconds),
    ACCESS_TOKEN_LIFETIME_MAX_SECONDS: String(config.accessTokenLifetimeMaxSeconds),
    RING_HOLD_SECONDS: String(config.ringHoldSeconds),
    PUBLISHED_KEYS_CACHE_SECONDS: String(config.publishedKeysCacheSeconds),
    CREDENTIAL_CACHE_SECONDS: String(config.credentialCacheSeconds),
    REVOCATION_POLL_SECONDS: String(config.revocationPollSeconds),
    REVOCATION_MAX_STALE_SECONDS: String(config.revocationMaxStaleSeconds),
    API_KEY_PREFIX: config.apiKeyPrefix,
    API_KEY_ENVIRONMENT: config.apiKeyEnvironment,
  };
}

/** Throws `InvalidEnvironment`, naming every variable that is wrong. */
export function fromEnv(environment: Environment): AuthorizerConfig {
  const env = new EnvironmentReader(environment);
  return env.done({
    issuer: env.text('ISSUER', isIssuer),
    audience: env.text('AUDIENCE', isResourceIndicator),
    verificationTable: env.text('VERIFICATION_TABLE'),
    clientsTable: env.text('CLIENTS_TABLE'),
    countersTable: env.text('COUNTERS_TABLE'),
    connectionsTable: env.text('CONNECTIONS_TABLE', () => true),
    clockSkewSeconds: env.integer('CLOCK_SKEW_SECONDS', { min: 0, max: clockSkewMaxSeconds }),
    accessTokenLifetimeMaxSeconds: env.integer(
      'ACCESS_TOKEN_LIFETIME_MAX_SECONDS',
      accessTokenLifetimeMaxBounds,
    ),
    ringHoldSeconds: env.integer('RING_HOLD_SECONDS', ringHoldBounds),
    publishedKeysCacheSeconds: env.integer(
      'PUBLISHED_KEYS_CACHE_SECONDS',
      publishedKeysCacheBounds,
    ),
    credentialCacheSeconds: env.integer('CREDENTIAL_CACHE_SECONDS', { min: 0, max: 60 }),
    revocationPollSeconds: env.integer('REVOCATION_POLL_SECONDS', revocationPollBounds),
    revocationMaxStaleSeconds: env.integer('REVOCATION_MAX_STALE_SECONDS', { min: 0, max: 600 }),
    apiKeyPrefix: env.text('API_KEY_PREFIX', isApiKeyPrefix),
    apiKeyEnvironment: env.text('API_KEY_ENVIRONMENT', isApiKeyEnvironment),
  });
}
