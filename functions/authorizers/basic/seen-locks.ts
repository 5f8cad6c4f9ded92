import { seenLockSeconds } from '../../core/durations.ts';
import { keepLast } from '../../core/keep-last.ts';

/**
 * Locks that this environment has read, so that who is locked out cannot keep the counter of a user busy for everybody. Each
 * is believed for a few seconds at a time: somebody may have got it right elsewhere.
 */
export interface SeenLocks {
  holds(id: string, now: number): boolean;
  /** @param until when it ends, in epoch seconds; one that has ended is none */
  keep(id: string, until: number, now: number): void;
}

export function seenLocks(entriesMax = 1_000): SeenLocks {
  const ends = new Map<string, number>();

  return {
    holds: (id, now) => now < (ends.get(id) ?? 0),

    keep(id, until, now) {
      if (until <= now) ends.delete(id);
      else keepLast(ends, id, Math.min(until, now + seenLockSeconds), entriesMax);
    },
  };
}
