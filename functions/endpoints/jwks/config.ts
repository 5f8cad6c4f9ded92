import { type Environment, EnvironmentReader } from '../../core/environment.ts';

/** What the JWK Set endpoint is told by its deployment. */
export interface JwksConfig {
  readonly verificationTable: string;
  readonly maxAgeSeconds: number;
  readonly contentType: string;
}

export const path = '/.well-known/jwks.json';

const contentTypes: readonly string[] = ['application/jwk-set+json', 'application/json'];

export function toEnv(config: JwksConfig): Record<string, string> {
  return {
    VERIFICATION_TABLE: config.verificationTable,
    MAX_AGE_SECONDS: String(config.maxAgeSeconds),
    CONTENT_TYPE: config.contentType,
  };
}

/** Throws `InvalidEnvironment`, naming every variable that is wrong. */
export function fromEnv(environment: Environment): JwksConfig {
  const env = new EnvironmentReader(environment);
  return env.done({
    verificationTable: env.text('VERIFICATION_TABLE'),
    maxAgeSeconds: env.integer('MAX_AGE_SECONDS', { min: 0, max: 3_600 }),
    contentType: env.text('CONTENT_TYPE', (value) => contentTypes.includes(value)),
  });
}
