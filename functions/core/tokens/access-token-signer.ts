import type { KeyRing } from '../keys/key-ring.ts';
import type { AccessTokenClaims } from './access-token.ts';
import type { Algorithm } from './algorithm.ts';
import { signWithRing } from './ring-signer.ts';

/** Signs an access token (RFC 9068 §2.1) with the ring's active key of that algorithm. */
export function signAccessToken(
  ring: KeyRing,
  alg: Algorithm,
  claims: AccessTokenClaims,
): { readonly token: string; readonly kid: string } {
  return signWithRing(ring, alg, 'at+jwt', claims);
}
