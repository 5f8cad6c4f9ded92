import { type LeasedBucketsPorts, leasedBuckets } from '../core/leased-buckets.ts';
import type { BucketRate } from '../core/ports/token-buckets.ts';
import type { Principal } from '../core/routes/principal.ts';

/** May this caller call this route once more? */
export type RateLimiter = (
  principal: Principal,
  routeKey: string,
  rate: BucketRate,
  now: number,
) => Promise<boolean>;

export interface RateLimiterPorts extends LeasedBucketsPorts {
  /** The protected API: another one with the same routes has buckets of its own. */
  readonly audience: string;
}

/** Counts the calls of each caller on each route against a bucket that all environments share. */
export function rateLimiter({ audience, ...ports }: RateLimiterPorts): RateLimiter {
  const take = leasedBuckets(ports);

  return (principal, routeKey, rate, now) =>
    take(bucketOf(audience, principal, routeKey, rate), rate, now);
}

/** A client that acts for many users has one bucket for each; another rate is another bucket. */
function bucketOf(
  audience: string,
  { issuer, clientId, subject }: Principal,
  routeKey: string,
  { perSecond, burst }: BucketRate,
): string {
  return JSON.stringify([audience, issuer, clientId, subject, routeKey, perSecond, burst]);
}
