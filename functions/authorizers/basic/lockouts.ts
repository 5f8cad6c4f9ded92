import { failureCountSeconds } from '../../core/durations.ts';
import type { AuditLog } from '../../core/ports/audit-log.ts';
import type { FailureCounter } from '../../core/ports/failure-counter.ts';
import type { Attempt } from './attempt.ts';
import { freeFailures, lockedUntil } from './lock-rule.ts';

/**
 * Slows guessing down. Only failures are written, under hashes, for all names alike: known, unknown, people and programs.
 *
 * Which of many attempts at once come before a lock is not decided here: each of them is counted, and so the lock that
 * follows is as long as if they had come one after the other.
 */
export interface Lockouts {
  isLocked(attempt: Attempt, now: number): Promise<boolean>;
  /** Counts a failure of an attempt that was not locked: who is locked out does not stay so by trying. */
  failed(attempt: Attempt, now: number): Promise<void>;
}

/** Counters that cannot be reached lock nobody out; what is lost is written down. */
export function lockouts({
  failures,
  audit,
}: {
  readonly failures: FailureCounter;
  readonly audit: AuditLog;
}): Lockouts {
  return {
    async isLocked({ pair, user }, now) {
      const counted = await reached(() => failures.read([pair, user], now));
      const [ofPair, ofUser] = counted ?? [];
      const ends = [
        lockedUntil(ofPair, freeFailures.pair) ?? 0,
        lockedUntil(ofUser, freeFailures.user) ?? 0,
      ];
      return now < Math.max(...ends);
    },

    async failed({ pair, user }, now) {
      await reached(() =>
        Promise.all([pair, user].map((id) => failures.add(id, now, failureCountSeconds))),
      );
    },
  };

  async function reached<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (cause) {
      const fault = cause instanceof Error ? cause.name : 'unknown';
      audit.write({ event: 'fault', where: 'failure counter', fault });
      return undefined;
    }
  }
}
