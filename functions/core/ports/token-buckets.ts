/** How much one bucket gives. */
export interface BucketRate {
  /** Tokens that flow in each second; may be a fraction. */
  readonly perSecond: number;
  /** Tokens that a full bucket holds, 1 or more. */
  readonly burst: number;
}

/**
 * Token buckets that all environments share, in portions: an environment leases some tokens and gives them out by itself.
 *
 * `lease` is atomic among all callers of one table: together they never get more than the bucket gives. Throws when the
 * store cannot answer.
 */
export interface TokenBuckets {
  /** @returns how many of the tokens that were wanted it got: all of them, or one, or none */
  lease(id: string, want: number, rate: BucketRate, now: number): Promise<number>;
}
