import { isApiKeyEnvironment, isApiKeyPrefix } from '../core/credentials/api-key.ts';
import { accessTokenLifetimeMaxBounds, revocationPollBounds } from '../core/durations.ts';
import { type Environment, EnvironmentReader } from '../core/environment.ts';
import { isIssuer } from '../core/tokens/issuer.ts';
import { isResourceIndicator } from '../core/tokens/resource.ts';

/** What the admin function is told by its deployment. */
export interface AdminConfig {
  /** Our own issuer. */
  readonly issuer: string;
  readonly clientsTable: string;
  readonly verificationTable: string;
  readonly countersTable: string;
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly revocationPollSeconds: number;
  readonly publicationLeadSeconds: number;
  readonly publishedKeysMax: number;
  /** What a client or a key is good for when its creator names no resource. Empty: every one needs one. */
  readonly defaultResource: string;
  readonly apiKeyPrefix: string;
  readonly apiKeyEnvironment: string;
}

export function toEnv(config: AdminConfig): Record<string, string> {
  return {
    ISSUER: config.issuer,
    CLIENTS_TABLE: config.clientsTable,
    VERIFICATION_TABLE: config.verificationTable,
    COUNTERS_TABLE: config.countersTable,
    ACCESS_TOKEN_LIFETIME_MAX_SECONDS: String(config.accessTokenLifetimeMaxSeconds),
    REVOCATION_POLL_SECONDS: String(config.revocationPollSeconds),
    PUBLICATION_LEAD_SECONDS: String(config.publicationLeadSeconds),
    PUBLISHED_KEYS_MAX: String(config.publishedKeysMax),
    DEFAULT_RESOURCE: config.defaultResource,
    API_KEY_PREFIX: config.apiKeyPrefix,
    API_KEY_ENVIRONMENT: config.apiKeyEnvironment,
  };
}

/** Throws `InvalidEnvironment`, naming every variable that is wrong. */
export function fromEnv(environment: Environment): AdminConfig {
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
    revocationPollSeconds: env.integer('REVOCATION_POLL_SECONDS', revocationPollBounds),
    publicationLeadSeconds: env.integer('PUBLICATION_LEAD_SECONDS', { min: 0, max: 31_536_000 }),
    publishedKeysMax: env.integer('PUBLISHED_KEYS_MAX', { min: 8, max: 100 }),
    defaultResource: env.text(
      'DEFAULT_RESOURCE',
      (value) => value === '' || isResourceIndicator(value),
    ),
    apiKeyPrefix: env.text('API_KEY_PREFIX', isApiKeyPrefix),
    apiKeyEnvironment: env.text('API_KEY_ENVIRONMENT', isApiKeyEnvironment),
  });
}
