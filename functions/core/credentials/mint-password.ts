import { crc32 } from 'node:zlib';
import { base62, bigEndian } from '../base62.ts';
import { digest } from '../digest.ts';
import type { Randomness } from '../ports/randomness.ts';

/**
 * Draws a password for a user: `kwup_`, 256 random bits as 43 base62 digits, CRC-32 of all that as 6 more, so that a secret
 * scanner recognises it offline. Nobody can guess it, so a plain hash is what is kept.
 */
export function mintPassword(randomness: Randomness): {
  readonly password: string;
  readonly hash: string;
} {
  const body = `kwup_${base62(bigEndian(randomness.bytes(32)), 43)}`;
  const password = `${body}${base62(BigInt(crc32(body)), 6)}`;
  return { password, hash: digest(password) };
}
