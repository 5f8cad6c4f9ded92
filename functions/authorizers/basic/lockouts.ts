import { hash } from 'node:crypto';
import { addressBlock } from '../../core/address-range.ts';
import { failureCountSeconds, lockMaxSeconds } from '../../core/durations.ts';
import type { AuditLog } from '../../core/ports/audit-log.ts';
import type { FailureCounter, Failures } from '../../core/ports/failure-counter.ts';

/** Somebody at some address who says to be some user. Hashes: neither names nor addresses are counted in clear. */
export interface Attempt {
  /** Of the user and the address together. */
  readonly pair: string;
  readonly user: string;
  /** The address is not known, so that the pair stands for everybody. */
  readonly isFromAnywhere: boolean;
}

/**
 * What failures of the past mean for an attempt. `pair`: this address is refused for this user, whoever that is. `user`:
 * everybody is, unless the credential is one that cannot be guessed.
 */
export type Lock = 'none' | 'pair' | 'user';

/**
 * Slows guessing down. Only failures are written, under hashes, for all names alike: known, unknown, people and programs.
 *
 * Which of many attempts at once come before a lock is not decided here: each of them is counted, and so the lock that
 * follows is as long as if they had come one after the other.
 */
export interface Lockouts {
  lockOf(attempt: Attempt, now: number): Promise<Lock>;
  /** Counts a failure of an attempt that was not locked: who is locked out does not stay so by trying. */
  failed(attempt: Attempt, now: number): Promise<void>;
}

/** How many failures are free. From then on each doubles the lock that begins with it: 1 second, 2, 4, up to the most. */
const freeFailures = { pair: 5, user: 50 } as const;

/** @param username in NFC; it holds no control character, so that no name is the name and address of another */
export function attemptOf(username: string, sourceIp: string | undefined): Attempt {
  const block = addressBlock(sourceIp);
  return {
    pair: hash('sha256', `${username}\n${block ?? '-'}`, 'hex'),
    user: hash('sha256', username, 'hex'),
    isFromAnywhere: block === undefined,
  };
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
    async lockOf({ pair, user, isFromAnywhere }, now) {
      const counted = await reached(() => failures.read([idOf(pair), idOf(user)], now));
      const [ofPair, ofUser] = counted ?? [];
      const isPairLocked = isLocked(ofPair, freeFailures.pair, now);
      // A lock for everybody must not hit programs: anybody could lock them out.
      if (isPairLocked && !isFromAnywhere) return 'pair';
      return isPairLocked || isLocked(ofUser, freeFailures.user, now) ? 'user' : 'none';
    },

    async failed({ pair, user }, now) {
      await reached(() =>
        Promise.all(
          [pair, user].map((hashed) => failures.add(idOf(hashed), now, failureCountSeconds)),
        ),
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

function idOf(hashed: string): string {
  return `basic#${hashed}`;
}

function isLocked(failures: Failures | undefined, free: number, now: number): boolean {
  if (failures === undefined || failures.count < free) return false;
  const seconds = Math.min(2 ** (failures.count - free), lockMaxSeconds);
  return now < failures.lastAt + seconds;
}
