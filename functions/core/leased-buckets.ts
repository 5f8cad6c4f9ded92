import { leaseSeconds } from './durations.ts';
import { faultOf } from './fault.ts';
import { keepLast } from './keep-last.ts';
import type { AuditLog } from './ports/audit-log.ts';
import type { BucketRate, TokenBuckets } from './ports/token-buckets.ts';
import { cellsOf } from './routes/bucket-rate.ts';

/** Takes a token out of a bucket. @returns whether there was one */
export type LeasedBuckets = (id: string, rate: BucketRate, now: number) => Promise<boolean>;

export interface LeasedBucketsPorts {
  readonly buckets: TokenBuckets;
  readonly audit: AuditLog;
  /** Buckets that are remembered at one time. @default 1000 */
  readonly entriesMax?: number;
}

/** What an environment got of a bucket the last time it asked. */
interface Lease {
  /** 0: there was nothing, or nobody answered. */
  readonly got: number;
  readonly left: number;
  readonly leasedAt: number;
  /** There was less than was asked for. */
  readonly isShort: boolean;
  /** Nobody answered. */
  readonly isOpen: boolean;
}

/**
 * Takes tokens out of buckets that all environments share. An environment leases some of them and gives them out by itself:
 * all of them together never give more than the bucket has, and most takers write nothing. That a bucket is empty is
 * remembered for the rest of the second, so that a flood does not write each time.
 *
 * Buckets that cannot be reached are open, and one fault is written down; after that nobody asks for the rest of the second.
 * One that was empty a moment ago stays so: a flood must not open its own bucket by throttling the table.
 */
export function leasedBuckets({
  buckets,
  audit,
  entriesMax = 1_000,
}: LeasedBucketsPorts): LeasedBuckets {
  const leases = new Map<string, Lease>();

  return async (id, rate, now) => {
    const last = leases.get(id);
    if (last !== undefined && isGood(last, now) && last.left > 0) {
      keep(id, { ...last, left: last.left - 1 });
      return true;
    }
    if (last?.got === 0 && last.leasedAt === now) return last.isOpen;
    // A rate that makes no sense is a fault of ours: it lets nobody pass.
    cellsOf(rate);
    const want = portion(last, rate, now);
    try {
      const got = await buckets.lease(id, want, rate, now);
      // Of calls at once each may have leased some: what they have not used adds up.
      const others = leases.get(id);
      const spare = others !== undefined && isGood(others, now) ? others.left : 0;
      keep(id, {
        got,
        left: Math.max(0, got - 1) + spare,
        leasedAt: now,
        isShort: got < want,
        isOpen: false,
      });
      return got > 0;
    } catch (cause) {
      audit.write({ event: 'fault', where: 'rate limit', ...faultOf(cause) });
      const isOpen = last === undefined || last.got > 0 || last.isOpen || !isGood(last, now);
      keep(id, { got: 0, left: 0, leasedAt: now, isShort: false, isOpen });
      return isOpen;
    }
  };

  /** A lease that has to leave takes along what it had left. */
  function keep(id: string, lease: Lease): void {
    keepLast(leases, id, lease, entriesMax);
  }
}

function isGood({ leasedAt }: Lease, now: number): boolean {
  return now >= leasedAt && now - leasedAt < leaseSeconds;
}

/**
 * How much to ask for: as much as was used of the last portion, to begin with one; where that did not last the second, twice
 * as much, from a tenth of a full bucket to half of one. What goes to waste is not much that way: many environments with a
 * call now and then must not empty a bucket that one alone would never empty.
 */
function portion(last: Lease | undefined, { burst }: BucketRate, now: number): number {
  if (last === undefined) return 1;
  const used = Math.max(1, last.got - last.left);
  if (last.left > 0 || last.leasedAt !== now) return used;
  // Whoever was given one of many is given one of many again, and each time it takes three writes.
  const least = last.isShort ? 1 : burst / 10;
  return Math.max(1, Math.floor(Math.min(Math.max(least, 2 * used), burst / 2)));
}
