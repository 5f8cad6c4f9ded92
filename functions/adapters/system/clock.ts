import type { Clock } from '../../core/ports/clock.ts';

/** The wall clock. */
export const systemClock: Clock = { now: () => Math.floor(Date.now() / 1000) };
