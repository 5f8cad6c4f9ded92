import { accessTokenLifetimeMaxBounds, revocationPollBounds } from '../core/durations.ts';
import { type Environment, EnvironmentReader } from '../core/environment.ts';

/** What the function that closes connections is told by its deployment. A name of a table is no right to read it. */
export interface ConnectionsConfig {
  readonly connectionsTable: string;
  readonly verificationTable: string;
  readonly clientsTable: string;
  /** `<API id>/<stage>` */
  readonly stage: string;
  /** Where API Gateway takes commands for the connections of that stage. */
  readonly callbackUrl: string;
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly revocationPollSeconds: number;
}

export function toEnv(config: ConnectionsConfig): Record<string, string> {
  return {
    CONNECTIONS_TABLE: config.connectionsTable,
    VERIFICATION_TABLE: config.verificationTable,
    CLIENTS_TABLE: config.clientsTable,
    STAGE: config.stage,
    CALLBACK_URL: config.callbackUrl,
    ACCESS_TOKEN_LIFETIME_MAX_SECONDS: String(config.accessTokenLifetimeMaxSeconds),
    REVOCATION_POLL_SECONDS: String(config.revocationPollSeconds),
  };
}

/** Throws `InvalidEnvironment`, naming every variable that is wrong. */
export function fromEnv(environment: Environment): ConnectionsConfig {
  const env = new EnvironmentReader(environment);
  return env.done({
    connectionsTable: env.text('CONNECTIONS_TABLE'),
    verificationTable: env.text('VERIFICATION_TABLE'),
    clientsTable: env.text('CLIENTS_TABLE'),
    stage: env.text('STAGE', (value) => /^[A-Za-z0-9]+\/[A-Za-z0-9_$-]+$/.test(value)),
    callbackUrl: env.text('CALLBACK_URL', (value) => /^https?:\/\/\S+$/.test(value)),
    accessTokenLifetimeMaxSeconds: env.integer(
      'ACCESS_TOKEN_LIFETIME_MAX_SECONDS',
      accessTokenLifetimeMaxBounds,
    ),
    revocationPollSeconds: env.integer('REVOCATION_POLL_SECONDS', revocationPollBounds),
  });
}
