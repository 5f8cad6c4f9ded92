import crypto from 'node:crypto';

/** What a run of argon2id costs and answers (RFC 9106 §3.1). */
interface Argon2Parameters {
  /** Memory in KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly tagBytes: number;
}

/** What new hashes are made with. */
const current: Argon2Parameters = { memory: 19_456, passes: 2, parallelism: 1, tagBytes: 32 };

/** How much a stored hash may demand: an item must not be able to take an environment's memory or its time away. */
const most: Argon2Parameters = { memory: 131_072, passes: 10, parallelism: 4, tagBytes: 64 };

interface PasswordHash extends Argon2Parameters {
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/**
 * Throws where this Node has no argon2, which came with 24.7. Whoever handles passwords asks at its start, so that the
 * first caller is not the one to find out.
 */
export function requireArgon2(): void {
  if (typeof crypto.argon2 !== 'function') {
    throw new Error('this Node has no argon2: passwords need Node 24.7 or newer');
  }
}

/**
 * Hashes a password that a person chose: argon2id as a PHC string, base64 without padding.
 *
 * @param password in NFC
 * @param salt 16 random bytes that were never used before
 */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  return phcString(salt, await argon2id(password, salt, current));
}

/**
 * A hash that no password fits, and that costs as much to find out as any other.
 *
 * @param randomness 48 random bytes
 */
export function hashOfNothing(randomness: Uint8Array): string {
  return phcString(randomness.subarray(0, 16), randomness.subarray(16, 48));
}

/** One run of argon2id with the parameters of the hash, compared in constant time. Throws where the hash is none. */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const hash = parsePasswordHash(phc);
  if (hash === undefined) throw new Error('a password hash that is none');
  const tag = await argon2id(password, hash.salt, hash);
  return crypto.timingSafeEqual(tag, hash.tag);
}

/** Is it a hash that may be verified here: argon2id, version 19, with parameters within bounds? */
export function isPasswordHash(phc: string): boolean {
  return parsePasswordHash(phc) !== undefined;
}

/** Was it made with other parameters than new hashes are? It verifies all the same. */
export function isOutdated(phc: string): boolean {
  const hash = parsePasswordHash(phc);
  return (
    hash === undefined ||
    hash.memory !== current.memory ||
    hash.passes !== current.passes ||
    hash.parallelism !== current.parallelism ||
    hash.tagBytes !== current.tagBytes
  );
}

const shape =
  /^\$argon2id\$v=19\$m=(?<memory>[1-9]\d{0,6}),t=(?<passes>[1-9]\d?),p=(?<parallelism>[1-9])\$(?<salt>[A-Za-z0-9+/]{11,86})\$(?<tag>[A-Za-z0-9+/]{22,86})$/;

function parsePasswordHash(phc: string): PasswordHash | undefined {
  const groups = shape.exec(phc)?.groups;
  if (groups === undefined) return undefined;
  const salt = decodeBase64(groups.salt ?? '');
  const tag = decodeBase64(groups.tag ?? '');
  if (salt === undefined || tag === undefined) return undefined;
  const hash = {
    memory: Number(groups.memory),
    passes: Number(groups.passes),
    parallelism: Number(groups.parallelism),
    tagBytes: tag.length,
    salt,
    tag,
  };
  const isBounded =
    // The least memory that the algorithm works with (RFC 9106 §3.1).
    hash.memory >= 8 * hash.parallelism &&
    hash.memory <= most.memory &&
    hash.passes <= most.passes &&
    hash.parallelism <= most.parallelism &&
    hash.tagBytes <= most.tagBytes;
  return isBounded ? hash : undefined;
}

/** Off the main thread: it takes tens of milliseconds. */
function argon2id(
  password: string,
  nonce: Uint8Array,
  { memory, passes, parallelism, tagBytes }: Argon2Parameters,
): Promise<Buffer> {
  requireArgon2();
  const parameters = {
    message: password,
    nonce,
    memory,
    passes,
    parallelism,
    tagLength: tagBytes,
  };
  return new Promise((resolve, reject) => {
    crypto.argon2('argon2id', parameters, (failure, tag) => {
      if (failure) reject(failure);
      else resolve(tag);
    });
  });
}

function phcString(salt: Uint8Array, tag: Uint8Array): string {
  const { memory, passes, parallelism } = current;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

/** Strictly: unused bits that are set would give one hash several spellings. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return base64(bytes) === text ? bytes : undefined;
}
