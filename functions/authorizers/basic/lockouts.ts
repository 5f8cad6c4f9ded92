import type { FailureCounter } from '../../core/ports/failure-counter.ts';
import type { Attempt } from './attempt.ts';
import { failureLedger } from './failure-ledger.ts';
import { freeFailures, lockedUntil } from './lock-rule.ts';

/**
 * Slows guessing down. Only failures are written, under hashes, for all names alike: known, unknown, people and programs.
 * Throws `Unavailable` while they cannot be counted: a guess that nobody counts must not be verified.
 *
 * Which of many attempts at once come before a lock is not decided here: each of them is counted, and so the lock that
 * follows is as long as if they had come one after the other.
 */
export interface Lockouts {
  isLocked(attempt: Attempt, now: number): Promise<boolean>;
  /** Counts a failure of an attempt that was not locked: who is locked out does not stay so by trying. */
  failed(attempt: Attempt, now: number): Promise<void>;
}

export function lockouts(failures: FailureCounter): Lockouts {
  const ledger = failureLedger(failures);
  return {
    async isLocked({ pair, user }, now) {
      const [ofPair, ofUser] = await ledger.read([pair, user], now);
      const ends = [
        lockedUntil(ofPair, freeFailures.pair) ?? 0,
        lockedUntil(ofUser, freeFailures.user) ?? 0,
      ];
      return now < Math.max(...ends);
    },

    failed: ({ pair, user }, now) => ledger.add([pair, user], now),
  };
}
