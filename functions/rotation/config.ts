import { accessTokenLifetimeMaxBounds, revocationPollBounds } from '../core/durations.ts';
import { type Environment, EnvironmentReader } from '../core/environment.ts';
import { algorithms } from '../core/tokens/algorithm.ts';

/** What the rotation function is told by its deployment. */
export interface RotationConfig extends RotationRules {
  /** ARN of the secret that holds the ring. */
  readonly ringSecret: string;
  readonly verificationTable: string;
  /** With the poll: how long the revocation log must name a key. */
  readonly accessTokenLifetimeMaxSeconds: number;
}

/** The durations and bounds that a rotation keeps. */
export interface RotationRules {
  /** A key is public for at least this long before it signs. */
  readonly publicationLeadSeconds: number;
  /** A key stays published for this long after its last signature. */
  readonly retirementSeconds: number;
  /** A MAC key stays in the ring for this long after the last handle was made with it. */
  readonly macRetirementSeconds: number;
  /** No rotation publishes more keys than this. */
  readonly publishedKeysMax: number;
  /** Whoever follows the revocation log looks at it again after this long. */
  readonly revocationPollSeconds: number;
}

/** next, active and two generations of retired keys: with fewer the second rotation would never become possible. */
const publishedKeysMin = 4 * algorithms.length;
const yearSeconds = 31_536_000;

export function toEnv(config: RotationConfig): Record<string, string> {
  return {
    RING_SECRET: config.ringSecret,
    VERIFICATION_TABLE: config.verificationTable,
    PUBLICATION_LEAD_SECONDS: String(config.publicationLeadSeconds),
    RETIREMENT_SECONDS: String(config.retirementSeconds),
    MAC_RETIREMENT_SECONDS: String(config.macRetirementSeconds),
    PUBLISHED_KEYS_MAX: String(config.publishedKeysMax),
    REVOCATION_POLL_SECONDS: String(config.revocationPollSeconds),
    ACCESS_TOKEN_LIFETIME_MAX_SECONDS: String(config.accessTokenLifetimeMaxSeconds),
  };
}

/** Throws `InvalidEnvironment`, naming every variable that is wrong. */
export function fromEnv(environment: Environment): RotationConfig {
  const env = new EnvironmentReader(environment);
  return env.done({
    ringSecret: env.text('RING_SECRET'),
    verificationTable: env.text('VERIFICATION_TABLE'),
    publicationLeadSeconds: env.integer('PUBLICATION_LEAD_SECONDS', { min: 0, max: yearSeconds }),
    retirementSeconds: env.integer('RETIREMENT_SECONDS', { min: 1, max: yearSeconds }),
    macRetirementSeconds: env.integer('MAC_RETIREMENT_SECONDS', { min: 1, max: yearSeconds }),
    publishedKeysMax: env.integer('PUBLISHED_KEYS_MAX', { min: publishedKeysMin, max: 100 }),
    revocationPollSeconds: env.integer('REVOCATION_POLL_SECONDS', revocationPollBounds),
    accessTokenLifetimeMaxSeconds: env.integer(
      'ACCESS_TOKEN_LIFETIME_MAX_SECONDS',
      accessTokenLifetimeMaxBounds,
    ),
  });
}
