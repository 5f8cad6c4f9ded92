import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type CachedRing, cachedRing } from '../../core/keys/cached-ring.ts';
import type { SigningKeys } from '../../core/ports/signing-keys.ts';

/** The ring in force, from one secret. */
export function secretsManagerSigningKeys(
  client: SecretsManagerClient,
  secretArn: string,
  options: Omit<CachedRing, 'fetchText'>,
): SigningKeys {
  return cachedRing({
    ...options,
    fetchText: async () => {
      const value = await client.send(
        new GetSecretValueCommand({ SecretId: secretArn, VersionStage: 'AWSCURRENT' }),
      );
      return value.SecretString ?? '';
    },
  });
}
