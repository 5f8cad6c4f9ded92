import { toEnv as adminEnv } from '../../functions/admin/config.ts';
import { toEnv as connectionsEnv } from '../../functions/connections/config.ts';
import { defaults } from '../../functions/core/durations.ts';
import { toEnv as introspectEnv } from '../../functions/endpoints/introspect/config.ts';
import { toEnv as jwksEnv } from '../../functions/endpoints/jwks/config.ts';
import { toEnv as metadataEnv } from '../../functions/endpoints/metadata/config.ts';
import { toEnv as revokeEnv } from '../../functions/endpoints/revoke/config.ts';
import { toEnv as tokenEnv } from '../../functions/endpoints/token/config.ts';
import { toEnv as rotationEnv } from '../../functions/rotation/config.ts';

export const issuer = 'https://auth.example.com';

export const tables = {
  clientsTable: 'clients',
  verificationTable: 'verification',
  countersTable: 'counters',
} as const;

/** Id of the secret with the ring. */
export const ringSecret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:ring-AbCdEf';

export const apiKeyFormat = { apiKeyPrefix: 'kw', apiKeyEnvironment: 'live' } as const;

/** What all functions but the authorizers are told, at the defaults of a deployment. */
export function configuration(): Readonly<Record<string, string>> {
  const config = {
    ...{ ...defaults, ...tables, ...apiKeyFormat, issuer, ringSecret, defaultResource: '' },
    ...{ retirementSeconds: 93_600, macRetirementSeconds: 93_600, publishedKeysMax: 10 },
    maxAgeSeconds: defaults.publicDocumentMaxAgeSeconds,
    contentType: 'application/jwk-set+json',
    scopesSupported: ['orders:read', 'orders:write'],
    ...{ connectionsTable: 'connections', stage: 'abcdefghij/live' },
    callbackUrl: 'https://abcdefghij.execute-api.us-east-1.amazonaws.com/live',
  };
  return {
    ...{ ...tokenEnv(config), ...revokeEnv(config), ...introspectEnv(config) },
    ...{ ...jwksEnv(config), ...metadataEnv(config), ...connectionsEnv(config) },
    ...{ ...rotationEnv(config), ...adminEnv(config) },
  };
}
