import { crc32 } from 'node:zlib';
import { base58, base62, bigEndian } from '../base62.ts';
import { digest } from '../digest.ts';
import type { Randomness } from '../ports/randomness.ts';
import { err, ok, type Result } from '../result.ts';

/**
 * The text of an API key:
 *
 *     <prefix>_<environment>_<key id>_<secret><check>
 *
 * The key id is 12 random base58 digits and public: records are looked up by it. The secret is 256 random bits as 43 base62
 * digits, the check CRC-32 of everything before it as 6 more. The check lets a typo be refused without a read and a scanner
 * be sure offline; it is no MAC. `_` is the only separator, so that a double click selects the whole key.
 */
export interface ApiKeyFormat {
  /** Names the product; worth registering with secret scanners. */
  readonly prefix: string;
  /** Tells the keys of one deployment from those of another: `live`, `test`. */
  readonly environment: string;
}

const shape =
  /^(?<prefix>[a-z][a-z0-9]{1,9})_(?<environment>[a-z]{2,8})_(?<keyId>[1-9A-HJ-NP-Za-km-z]{12})_[0-9A-Za-z]{49}$/;

export function isApiKeyPrefix(value: string): boolean {
  return /^[a-z][a-z0-9]{1,9}$/.test(value);
}

export function isApiKeyEnvironment(value: string): boolean {
  return /^[a-z]{2,8}$/.test(value);
}

export function isApiKeyId(value: string): boolean {
  return /^[1-9A-HJ-NP-Za-km-z]{12}$/.test(value);
}

/**
 * The id of a key in what people have at hand: the id, the whole key, or so much of it that the id is in there. Whether that
 * is a key of anybody is not asked.
 */
export function apiKeyIdIn(text: string): string | undefined {
  const found =
    /^(?:[a-z][a-z0-9]{1,9}_[a-z]{2,8}_)?(?<keyId>[1-9A-HJ-NP-Za-km-z]{12})(?:_[0-9A-Za-z]*)?$/.exec(
      text,
    );
  return found?.groups?.keyId;
}

/** A fresh API key in clear, and what of it is kept. */
export interface MintedApiKey {
  readonly key: string;
  readonly keyId: string;
  /** Everything before the secret: what lists show. */
  readonly start: string;
  readonly hash: string;
}

/** Draws an API key. */
export function mintApiKey(
  randomness: Randomness,
  { prefix, environment }: ApiKeyFormat,
): MintedApiKey {
  const keyId = base58(bigEndian(randomness.bytes(16)), 12);
  const start = `${prefix}_${environment}_${keyId}`;
  const body = `${start}_${base62(bigEndian(randomness.bytes(32)), 43)}`;
  const key = `${body}${checkOf(body)}`;
  return { key, keyId, start, hash: digest(key) };
}

/** What a caller presented, as far as it can be told without looking anything up. */
export interface PresentedApiKey extends ApiKeyFormat {
  readonly keyId: string;
  /** base64url of SHA-256 of the whole key. */
  readonly hash: string;
}

/**
 * Reads an API key: shape and checksum, nothing else.
 *
 * @returns an error for whatever is not a whole API key, be it of this deployment or of another
 */
export function parseApiKey(text: string): Result<PresentedApiKey, 'malformed'> {
  const { prefix, environment, keyId } = shape.exec(text)?.groups ?? {};
  if (prefix === undefined || environment === undefined || keyId === undefined) {
    return err('malformed');
  }
  if (text.slice(-6) !== checkOf(text.slice(0, -6))) return err('malformed');
  return ok({ prefix, environment, keyId, hash: digest(text) });
}

function checkOf(body: string): string {
  return base62(BigInt(crc32(body)), 6);
}
