import { guessSettleSeconds } from '../../core/durations.ts';
import type { FailureCounter, Failures } from '../../core/ports/failure-counter.ts';
import type { Pause } from '../../core/ports/pause.ts';
import type { Attempt } from './attempt.ts';
import { failureLedger } from './failure-ledger.ts';
import { freeFailures, lockedUntil } from './lock-rule.ts';
import { seenLocks } from './seen-locks.ts';

/**
 * Slows guessing down, also that of many at once. Failures are counted under hashes, for all names alike: known, unknown,
 * people and programs. Throws `Unavailable` while they cannot be: a guess that nobody counts must not be verified.
 *
 * Once a count has locked, each end of its lock lets one attempt through: the one whose write counts it as a failure before
 * anything is hashed. While failures are free nothing is written beforehand, and right passwords at once do not hinder each
 * other. Any number may be hashed then, and a right one is let in only if the failures are still free after a pause in which
 * those of the others are written: of guesses at once no more can hit than are free, however many there are.
 */
export interface Lockouts {
  /** Does a lock hold? For whom nothing has to be verified. */
  isLocked(attempt: Attempt, now: number): Promise<boolean>;
  /** An attempt's turn to be verified; `undefined`: a lock holds, or somebody else's turn began when it ended. */
  turn(attempt: Attempt, now: number): Promise<Turn | undefined>;
}

export interface Turn {
  /**
   * Ends the turn, once. Is the caller let in? No with a wrong password, and with a right one that comes too late, after
   * the same work. A failure is on record then; a right password leaves none.
   */
  end(isRight: boolean): Promise<boolean>;
}

/** One of the counts that lock. */
interface Limit {
  readonly id: string;
  readonly free: number;
  /** Failures whose lock has ended; `undefined`: they are still free. */
  readonly ended: Failures | undefined;
}

/** A failure that was counted beforehand, and what is put back if it was none. */
interface Claim {
  readonly id: string;
  readonly claimed: Failures;
  readonly back: Failures;
}

export function lockouts(ports: {
  readonly failures: FailureCounter;
  readonly pause: Pause;
}): Lockouts {
  const ledger = failureLedger(ports.failures);
  const seen = seenLocks();

  return {
    isLocked: async (attempt, now) => (await unlocked(attempt, now)) === undefined,

    async turn(attempt, now) {
      const limits = await unlocked(attempt, now);
      if (limits === undefined) return undefined;
      const claims = await claimAll(limits, attempt, now);
      if (claims === undefined) return undefined;
      const free = limits.filter(({ ended }) => ended === undefined);
      return { end: (isRight) => end(isRight, free, claims, now) };
    },
  };

  /** The limits of an attempt; `undefined` while a lock holds. */
  async function unlocked(
    { pair, user }: Attempt,
    now: number,
  ): Promise<readonly Limit[] | undefined> {
    const isSeen = () => [user, pair].some((id) => seen.holds(id, now));
    if (isSeen()) return undefined;
    // The user comes first: that is whose turn others are after too.
    const limits = [
      { id: user, free: freeFailures.user },
      { id: pair, free: freeFailures.pair },
    ];
    const counted = await ledger.read([user, pair], now);
    const ends = limits.map(({ free }, i) => lockedUntil(counted[i], free));
    for (const [i, { id }] of limits.entries()) seen.keep(id, ends[i] ?? 0, now);
    if (isSeen()) return undefined;
    return limits.map((limit, i) => ({
      ...limit,
      ended: ends[i] === undefined ? undefined : counted[i],
    }));
  }

  /** Counts the attempt under every limit whose lock has ended; `undefined` where another one was there before. */
  async function claimAll(
    limits: readonly Limit[],
    { pair }: Attempt,
    now: number,
  ): Promise<readonly Claim[] | undefined> {
    const claims: Claim[] = [];
    for (const { id, free, ended } of limits) {
      if (ended === undefined) continue;
      const claimed = { count: ended.count + 1, lastAt: now };
      if (!(await ledger.replace(id, ended, claimed))) {
        await giveBack(claims);
        return undefined;
      }
      // Whoever has got it right there may come with many requests at once; elsewhere others go on guessing.
      const back = id === pair ? { ...ended, count: free - 1 } : ended;
      claims.push({ id, claimed, back });
    }
    return claims;
  }

  async function end(
    isRight: boolean,
    free: readonly Limit[],
    claims: readonly Claim[],
    now: number,
  ): Promise<boolean> {
    const ids = free.map(({ id }) => id);
    const count = isRight ? undefined : ledger.add(ids, now);
    // The same for a wrong password and for a right one that comes too late, or their time would tell them apart.
    await Promise.all([count, ports.pause.pause(guessSettleSeconds)]);
    const counted = await ledger.read(ids, now);
    const isFree = free.every((limit, i) => lockedUntil(counted[i], limit.free) === undefined);
    if (!isRight || !isFree) return false;
    await giveBack(claims);
    return true;
  }

  /** What was counted since stays: it is a failure of somebody else. */
  async function giveBack(claims: readonly Claim[]): Promise<void> {
    await Promise.all(claims.map(({ id, claimed, back }) => ledger.replace(id, claimed, back)));
  }
}
