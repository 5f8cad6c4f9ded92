import { lockMaxSeconds } from '../../core/durations.ts';
import type { Failures } from '../../core/ports/failure-counter.ts';

/** How many failures are free, of a user at an address and of a user at all of them. */
export const freeFailures = { pair: 5, user: 50 } as const;

/**
 * Until when failures lock, in epoch seconds; `undefined` while they are free. The last free one locks for a second, each
 * further one for twice as long as the one before, up to the most.
 */
export function lockedUntil(failures: Failures | undefined, free: number): number | undefined {
  if (failures === undefined || failures.count < free) return undefined;
  return failures.lastAt + Math.min(2 ** (failures.count - free), lockMaxSeconds);
}
