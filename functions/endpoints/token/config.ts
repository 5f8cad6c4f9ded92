import {
  accessTokenLifetimeMaxBounds,
  clientCacheBounds,
  defaults,
  revocationPollBounds,
  ringCacheBounds,
  ringHoldBounds,
} from '../../core/durations.ts';
import { type Environment, EnvironmentReader } from '../../core/environment.ts';
import { isIssuer } from '../../core/tokens/issuer.ts';

/** What the token endpoint is told by its deployment. */
export interface TokenConfig {
  readonly issuer: string;
  readonly clientsTable: string;
  readonly verificationTable: string;
  readonly countersTable: string;
  readonly ringSecret: string;
  readonly accessTokenLifetimeSeconds: number;
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly clientCacheSeconds: number;
  readonly ringCacheSeconds: number;
  readonly ringHoldSeconds: number;
  readonly revocationPollSeconds: number;
}

export const path = '/oauth2/token';

export function toEnv(config: TokenConfig): Record<string, string> {
  return {
    ISSUER: config.issuer,
    CLIENTS_TABLE: config.clientsTable,
    VERIFICATION_TABLE: config.verificationTable,
    COUNTERS_TABLE: config.countersTable,
    RING_SECRET: config.ringSecret,
    ACCESS_TOKEN_LIFETIME_SECONDS: String(config.accessTokenLifetimeSeconds),
    ACCESS_TOKEN_LIFETIME_MAX_SECONDS: String(config.accessTokenLifetimeMaxSeconds),
    CLIENT_CACHE_SECONDS: String(config.clientCacheSeconds),
    RING_CACHE_SECONDS: String(config.ringCacheSeconds),
    RING_HOLD_SECONDS: String(config.ringHoldSeconds),
    REVOCATION_POLL_SECONDS: String(config.revocationPollSeconds),
  };
}

/** Throws `InvalidEnvironment`, naming every variable that is wrong. */
export function fromEnv(environment: Environment): TokenConfig {
  const env = new EnvironmentReader(environment);
  const max = env.integer('ACCESS_TOKEN_LIFETIME_MAX_SECONDS', accessTokenLifetimeMaxBounds);
  return env.done({
    issuer: env.text('ISSUER', isIssuer),
    clientsTable: env.text('CLIENTS_TABLE'),
    verificationTable: env.text('VERIFICATION_TABLE'),
    countersTable: env.text('COUNTERS_TABLE'),
    ringSecret: env.text('RING_SECRET'),
    accessTokenLifetimeSeconds: env.integer('ACCESS_TOKEN_LIFETIME_SECONDS', {
      min: 1,
      max: Number.isNaN(max) ? defaults.accessTokenLifetimeMaxSeconds : max,
    }),
    accessTokenLifetimeMaxSeconds: max,
    clientCacheSeconds: env.integer('CLIENT_CACHE_SECONDS', clientCacheBounds),
    ringCacheSeconds: env.integer('RING_CACHE_SECONDS', ringCacheBounds),
    ringHoldSeconds: env.integer('RING_HOLD_SECONDS', ringHoldBounds),
    revocationPollSeconds: env.integer('REVOCATION_POLL_SECONDS', revocationPollBounds),
  });
}
