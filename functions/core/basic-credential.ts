import { decodeComponent } from './form.ts';

export interface BasicCredential {
  readonly clientId: string;
  readonly clientSecret: string;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The client credential in an `Authorization: Basic` value (RFC 7617 §2, RFC 6749 §2.3.1): strict base64, split at the
 * first colon, each half form-decoded. `undefined` when it is malformed or a half is empty.
 *
 * @param encoded what follows the scheme and its space
 */
export function parseBasicCredential(encoded: string): BasicCredential | undefined {
  if (encoded.length > 8_192 || !base64.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  // Unused trailing bits would give one credential several spellings.
  if (bytes.toString('base64') !== encoded) return undefined;
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return undefined;
  }
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const clientId = decodeComponent(text.slice(0, colon));
  const clientSecret = decodeComponent(text.slice(colon + 1));
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}
