import type { SigningKey } from '../core/keys/key-ring.ts';
import type { PublicJwk } from '../core/keys/published-keys.ts';
import { importSigner, importVerifier } from '../core/tokens/signature.ts';

const sample = 'a key that signs must be the key that is published';

/**
 * Whether a signature of the private half verifies with the published key, by the code that signs and verifies tokens.
 * Throws for a private half that is no key of its algorithm.
 */
export function tryKey(key: SigningKey, published: PublicJwk): boolean {
  const verifier = importVerifier({ ...published });
  const signature = importSigner(key.private, key.alg)(sample);
  return (
    verifier?.kid === key.kid &&
    verifier.alg === key.alg &&
    verifier.verify(sample, Buffer.from(signature, 'base64url'))
  );
}
