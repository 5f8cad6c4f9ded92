const alphabet = /^[A-Za-z0-9_-]+$/;

/**
 * Decodes base64url without padding, strictly (RFC 7515 §2, RFC 4648 §3.5): no foreign character, no padding, no unused
 * bits that are set. `undefined` for everything else, so that a token has one spelling.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  if (text.length % 4 === 1 || !alphabet.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Only the last character can hold unused bits.
  const tail = text.length % 4;
  if (tail !== 0 && bytes.toString('base64url', bytes.length - (tail - 1)) !== text.slice(-tail)) {
    return undefined;
  }
  return bytes;
}
