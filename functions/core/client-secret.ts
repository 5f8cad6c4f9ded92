import { crc32 } from 'node:zlib';
import type { ClientSecret } from './client.ts';
import { digest } from './digest.ts';
import type { Randomness } from './ports/randomness.ts';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

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
  const bits = BigInt(`0x${Buffer.from(randomness.bytes(32)).toString('hex')}`);
  const body = `kwcs_${encode(bits, 43)}`;
  const secret = `${body}${encode(BigInt(crc32(body)), 6)}`;
  const record = {
    id: `s${encode(BigInt(`0x${Buffer.from(randomness.bytes(6)).toString('hex')}`), 9)}`,
    hash: digest(secret),
    hint: secret.slice(-4),
    createdAt: now,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  return { secret, record };
}

/** A fresh client id: `kwc_` and 128 random bits. */
export function mintClientId(randomness: Randomness): string {
  return `kwc_${encode(BigInt(`0x${Buffer.from(randomness.bytes(16)).toString('hex')}`), 22)}`;
}

function encode(value: bigint, digits: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < digits; i += 1) {
    text = `${base62[Number(rest % 62n)]}${text}`;
    rest /= 62n;
  }
  return text;
}
