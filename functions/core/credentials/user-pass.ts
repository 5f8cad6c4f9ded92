/** The two halves of an `Authorization: Basic` value, as they were sent. */
export interface UserPass {
  readonly userId: string;
  readonly password: string;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes `user-pass` (RFC 7617 §2): strict base64 of at most 8,192 characters, UTF-8, split at the first colon. What the
 * halves may hold is for the caller to say. `undefined` when it is malformed.
 *
 * @param encoded what follows the scheme and its space
 */
export function decodeUserPass(encoded: string): UserPass | undefined {
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
  return { userId: text.slice(0, colon), password: text.slice(colon + 1) };
}
