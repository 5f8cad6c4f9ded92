import { decodeUserPass } from '../credentials/user-pass.ts';
import { decodeComponent } from '../form.ts';

export interface BasicCredential {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * The client credential in an `Authorization: Basic` value (RFC 7617 §2, RFC 6749 §2.3.1): strict base64, split at the
 * first colon, each half form-decoded. `undefined` when it is malformed or a half is empty.
 *
 * @param encoded what follows the scheme and its space
 */
export function parseBasicCredential(encoded: string): BasicCredential | undefined {
  const decoded = decodeUserPass(encoded);
  if (decoded === undefined) return undefined;
  const clientId = decodeComponent(decoded.userId);
  const clientSecret = decodeComponent(decoded.password);
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}
