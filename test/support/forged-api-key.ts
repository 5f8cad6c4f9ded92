import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base58, base62, bigEndian } from '../../functions/core/base62.ts';

export interface ForgedParts {
  /** @default an id that no key has */
  readonly keyId?: string;
  /** @default test */
  readonly environment?: string;
}

/** A well-formed API key with a right checksum that nobody was ever given. */
export function forgedApiKey({
  keyId = base58(bigEndian(randomBytes(16)), 12),
  environment = 'test',
}: ForgedParts = {}): string {
  const body = `kw_${environment}_${keyId}_${base62(bigEndian(randomBytes(32)), 43)}`;
  return `${body}${base62(BigInt(crc32(body)), 6)}`;
}
