import type { BucketRate } from '../ports/token-buckets.ts';

/**
 * A bucket as the generic cell rate algorithm sees it (ITU-T I.371 annex A): it stores one instant, the one at which it
 * will be full again. Taking a token moves that on by the time in which one flows in. Whole microseconds, so that sums are
 * exact wherever they are made.
 */
export interface Cells {
  /** In which one token flows in; rounded up, so that a bucket never gives more than its rate. */
  readonly perToken: number;
  /** In which an empty bucket becomes full. */
  readonly perBucket: number;
}

export const microsPerSecond = 1_000_000;

/** Throws where a bucket would never give anything, or would take longer than a life to fill. */
export function cellsOf({ perSecond, burst }: BucketRate): Cells {
  const perToken = Math.ceil(microsPerSecond / perSecond);
  const perBucket = Math.floor(burst) * perToken;
  // Instants are sums of this and of the time, and a number is exact up to 2^53 only: at most 95 years.
  if (!(perToken >= 1 && burst >= 1 && perBucket <= 3e15)) {
    throw new RangeError('a rate that no bucket can have');
  }
  return { perToken, perBucket };
}
