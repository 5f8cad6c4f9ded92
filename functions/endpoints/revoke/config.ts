import { isApiKeyEnvironment, isApiKeyPrefix } from '../../core/credentials/api-key.ts';
import {
  accessTokenLifetimeMaxBounds,
  clientCacheBounds,
  publishedKeysCacheBounds,
  revocationPollBounds,
  ringHoldBounds,
} from '../../core/durations.ts';
import { type Environment, EnvironmentReader } from '../../core/environment.ts';
import { isIssuer } from '../../core/tokens/issuer.ts';

/** What the revocation endpoint is told by its deployment. */
export interface RevokeConfig {
  readonly issuer: string;
  readonly clientsTable: string;
  readonly verificationTable: string;
  readonly countersTable: string;
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly clientCacheSeconds: number;
  readonly ringHoldSeconds: number;
  readonly publishedKeysCacheSeconds: number;
  readonly revocationPollSeconds: number;
  readonly apiKeyPrefix: string;
  readonly apiKeyEnvironment: string;
}

export const path = '/oauth2/revoke';

export function toEnv(config: RevokeConfig): Record<string, string> {
  return {
    ISSUER: config.issuer,
    CLIENTS_TABLE: config.clientsTable,
    VERIFICATION_TABLE: config.verificationTable,
    COUNTERS_TABLE: config.countersTable,
    ACCESS_TOKEN_LIFETIME_MAX_SECONDS: String(config.accessTokenLifetimeMaxSeconds),
    CLIENT_CACHE_SECONDS: String(config.clientCacheSeconds),
    RING_HOLD_SECONDS: String(config.ringHoldSeconds),
    PUBLISHED_KEYS_CACHE_SECONDS: String(config.publishedKeysCacheSeconds),
    REVOCATION_POLL_SECONDS: String(config.revocationPollSeconds),
    API_KEY_PREFIX: config.apiKeyPrefix,
    API_KEY_ENVIRONMENT: config.apiKeyEnvironment,
  };
}

/** Throws `InvalidEnvironment`, naming every variable that is wrong. */
export function fromEnv(environment: Environment): RevokeConfig {
  const env = new EnvironmentReader(environment);
  return env.done({
    issuer: env.text('ISSUER', isIssuer),
    clientsTable: env.text('CLIENTS_TABLE'),
    verificationTable: env.text('VERIFICATION_TABLE'),
    countersTable: env.text('COUNTERS_TABLE'),
    accessTokenLifetimeMaxSeconds: env.integer(
      'ACCESS_TOKEN_LIFETIME_MAX_SECONDS',
      accessTokenLifetimeMaxBounds,
    ),
    clientCacheSeconds: env.integer('CLIENT_CACHE_SECONDS', clientCacheBounds),
    ringHoldSeconds: env.integer('RING_HOLD_SECONDS', ringHoldBounds),
    publishedKeysCacheSeconds: env.integer(
      'PUBLISHED_KEYS_CACHE_SECONDS',
      publishedKeysCacheBounds,
    ),
    revocationPollSeconds: env.integer('REVOCATION_POLL_SECONDS', revocationPollBounds),
    apiKeyPrefix: env.text('API_KEY_PREFIX', isApiKeyPrefix),
    apiKeyEnvironment: env.text('API_KEY_ENVIRONMENT', isApiKeyEnvironment),
  });
}
