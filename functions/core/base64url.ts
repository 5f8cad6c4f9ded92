/**
 * Decodes base64url without padding, strictly (RFC 7515 §2, RFC 4648 §3.5): no foreign character, no padding, no unused
 * bits that are set. `undefined` for everything else and for nothing, so that a token has one spelling.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  // The decoder takes much more; what it would write itself is the one spelling.
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}
