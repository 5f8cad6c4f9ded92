import { type Environment, EnvironmentReader } from '../../core/environment.ts';
import { isIssuer } from '../../core/tokens/issuer.ts';
import { isScopeToken } from '../../core/tokens/scope.ts';

/** What the metadata endpoint is told by its deployment. */
export interface MetadataConfig {
  readonly issuer: string;
  readonly scopesSupported: readonly string[];
  readonly maxAgeSeconds: number;
}

/** RFC 8414 §3, OpenID Connect Discovery 1.0 §4. */
export const paths: readonly string[] = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
];

export function toEnv(config: MetadataConfig): Record<string, string> {
  return {
    ISSUER: config.issuer,
    SCOPES_SUPPORTED: config.scopesSupported.join(' '),
    MAX_AGE_SECONDS: String(config.maxAgeSeconds),
  };
}

/** Throws `InvalidEnvironment`, naming every variable that is wrong. */
export function fromEnv(environment: Environment): MetadataConfig {
  const env = new EnvironmentReader(environment);
  return env.done({
    issuer: env.text('ISSUER', isIssuer),
    scopesSupported: env.list('SCOPES_SUPPORTED', isScopeToken),
    maxAgeSeconds: env.integer('MAX_AGE_SECONDS', { min: 0, max: 3_600 }),
  });
}
