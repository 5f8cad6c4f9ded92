import { CodedError } from '../../core/coded-error.ts';
import { type CachedRing, cachedRing } from '../../core/keys/cached-ring.ts';
import type { SigningKeys } from '../../core/ports/signing-keys.ts';
import { type SignedCallOptions, type SignedService, signedCall } from '../aws/signed-call.ts';

/** Secrets Manager could not answer. */
class SecretsUnavailable extends CodedError {
  override readonly name = 'SecretsUnavailable';
  override readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`Secrets Manager is unavailable: ${code}`, options);
    this.code = code;
  }
}

const secretsManager: SignedService = {
  ...{ name: 'secretsmanager', protocol: '1.1', target: 'secretsmanager' },
  unavailable: (code: string, options?: ErrorOptions) => new SecretsUnavailable(code, options),
};

/** A caller waits for the ring, and the last one signs on where this fails. */
const deadlineMs = 4_000;

/** The ring in force, from one secret: the one read of Secrets Manager that signing needs, without the SDK. */
export function secretsManagerSigningKeys(
  { env }: Pick<SignedCallOptions, 'env'>,
  secretArn: string,
  options: Omit<CachedRing, 'fetchText'>,
): SigningKeys {
  const call = signedCall(secretsManager, { env, deadlineMs });
  return cachedRing({
    ...options,
    async fetchText() {
      const input = { SecretId: secretArn, VersionStage: 'AWSCURRENT' };
      const value = await call('GetSecretValue', input);
      const isAnswer = typeof value === 'object' && value !== null && 'SecretString' in value;
      if (isAnswer && typeof value.SecretString === 'string') return value.SecretString;
      throw new SecretsUnavailable('malformed answer');
    },
  });
}
