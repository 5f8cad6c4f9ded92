import { hash, timingSafeEqual } from 'node:crypto';

/** base64url of SHA-256 of a high-entropy secret. Not for passwords that people choose. */
export function digest(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** Compares two digests in constant time. Digests of unequal length are unequal. */
export function digestsEqual(left: string, right: string): boolean {
  const a = Buffer.from(left, 'latin1');
  const b = Buffer.from(right, 'latin1');
  return a.length === b.length && timingSafeEqual(a, b);
}
