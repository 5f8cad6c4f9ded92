import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { verifiedPairSeconds } from '../../core/durations.ts';
import { keepLast } from '../../core/keep-last.ts';
import type { Randomness } from '../../core/ports/randomness.ts';

/**
 * Passwords that were found right a short while ago, so that only the first of many requests pays for argon2id. One for
 * each pair of user and address: a guess from elsewhere learns nothing here. Kept under a key of this environment; no
 * password stays in memory, and none that is guessed offline from a dump of the tables fits.
 */
export interface VerifiedPairs {
  /**
   * Was this password found right for this very hash, and not too long ago? With the first that was not, what is remembered
   * of the pair is forgotten: otherwise guesses could be compared with it one after the other, past any lock.
   */
  has(pair: string, password: string, phc: string, now: number): boolean;
  keep(pair: string, password: string, phc: string, now: number): void;
}

interface Entry {
  readonly mac: Buffer;
  readonly verifiedAt: number;
}

export function verifiedPairs(randomness: Randomness, entriesMax = 1_000): VerifiedPairs {
  // A KeyObject: an HMAC with a Buffer key costs twenty times as much on some releases of Node 24.
  const key = createSecretKey(randomness.bytes(32));
  const entries = new Map<string, Entry>();

  return {
    has(pair, password, phc, now) {
      const entry = entries.get(pair);
      if (entry === undefined) return false;
      entries.delete(pair);
      const age = now - entry.verifiedAt;
      const isFresh = age >= 0 && age < verifiedPairSeconds;
      if (!isFresh || !timingSafeEqual(entry.mac, macOf(pair, password, phc))) return false;
      keepLast(entries, pair, entry, entriesMax);
      return true;
    },

    keep(pair, password, phc, now) {
      const entry = { mac: macOf(pair, password, phc), verifiedAt: now };
      keepLast(entries, pair, entry, entriesMax);
    },
  };

  /** Over what is stored too: a password that was set anew, even to the same text, is another one. */
  function macOf(pair: string, password: string, phc: string): Buffer {
    return createHmac('sha256', key)
      .update(JSON.stringify([pair, password, phc]))
      .digest();
  }
}
