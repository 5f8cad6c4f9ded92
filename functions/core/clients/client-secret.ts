import { crc32 } from 'node:zlib';
import { base62, bigEndian } from '../base62.ts';
import { digest } from '../digest.ts';
import type { Randomness } from '../ports/randomness.ts';
import type { ClientSecret } from './client.ts';

/** A fresh client secret in clear, and what of it is kept. */
export interface MintedSecret {
  readonly secret: string;
  readonly record: ClientSecret;
}

/**
 * Draws a client secret: `kwcs_`, 256 random bits as 43 base62 digits, CRC-32 of all that as 6 more. The prefix and the
 * checksum let a secret scanner recognise it offline; the alphabet reads the same with and without form encoding.
 */
export function mintClientSecret(
  randomness: Randomness,
  now: number,
  expiresAt?: number,
): MintedSecret {
  const body = `kwcs_${base62(bigEndian(randomness.bytes(32)), 43)}`;
  const secret = `${body}${base62(BigInt(crc32(body)), 6)}`;
  const record = {
    id: `s${base62(bigEndian(randomness.bytes(6)), 9)}`,
    hash: digest(secret),
    hint: secret.slice(-4),
    createdAt: now,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  return { secret, record };
}

/** A fresh client id: `kwc_` and 128 random bits. */
export function mintClientId(randomness: Randomness): string {
  return `kwc_${base62(bigEndian(randomness.bytes(16)), 22)}`;
}
