import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BucketRate, TokenBuckets } from '../../functions/core/ports/token-buckets.ts';

const now = 1_800_000_000;

/** What all token buckets promise. @param open buckets that nobody has taken from */
export function tokenBucketsContract(name: string, open: () => Promise<TokenBuckets>): void {
  describe(`token buckets in ${name}`, () => {
    let buckets: TokenBuckets;
    beforeEach(async () => {
      buckets = await open();
    });
    const rate: BucketRate = { perSecond: 2, burst: 10 };

    test('a full bucket gives its burst and not one more', async () => {
      const got: number[] = [];
      for (const want of [4, 4, 1, 1, 1]) got.push(await buckets.lease('a', want, rate, now));
      expect(got).toEqual([4, 4, 1, 1, 0]);
    });

    test('where not all of what is wanted is there, it gives one', async () => {
      expect(await buckets.lease('a', 8, rate, now)).toBe(8);
      expect(await buckets.lease('a', 3, rate, now)).toBe(1);
      expect(await buckets.lease('a', 3, rate, now)).toBe(1);
      expect(await buckets.lease('a', 3, rate, now)).toBe(0);
    });

    test('of a bucket that never holds as much as is wanted, it gives one', async () => {
      expect(await buckets.lease('a', 11, rate, now)).toBe(1);
      expect(await buckets.lease('a', 9, rate, now)).toBe(9);
    });

    test('tokens flow in at the rate, up to the burst', async () => {
      await buckets.lease('a', 10, rate, now);
      const later = async (seconds: number, want: number) =>
        buckets.lease('a', want, rate, now + seconds);
      expect([await later(1, 2), await later(1, 1)]).toEqual([2, 0]);
      expect([await later(4, 6), await later(4, 1)]).toEqual([6, 0]);
      expect([await later(9, 10), await later(9, 1)]).toEqual([10, 0]);
      expect([await later(1_000, 10), await later(1_000, 1)]).toEqual([10, 0]);
    });

    test('a rate may be a fraction, and then it takes its time', async () => {
      const slow: BucketRate = { perSecond: 0.1, burst: 1 };
      const at = (seconds: number) => buckets.lease('a', 1, slow, now + seconds);
      expect([await at(0), await at(9), await at(10), await at(11)]).toEqual([1, 0, 1, 0]);
    });

    test('buckets know nothing of one another', async () => {
      await buckets.lease('a', 10, rate, now);
      expect(await buckets.lease('b', 10, rate, now)).toBe(10);
    });

    test.each([
      { perSecond: 0, burst: 1 },
      { perSecond: -1, burst: 1 },
      { perSecond: Number.NaN, burst: 1 },
      { perSecond: Number.POSITIVE_INFINITY, burst: 1 },
      { perSecond: 1, burst: 0.5 },
      { perSecond: 1e-9, burst: 1e9 },
    ])('%j is no rate', async (none) => {
      await expect(buckets.lease('a', 1, none, now)).rejects.toThrow('rate');
    });

    test.each([2, 20, 50])(
      '%d callers at once get what the bucket gives, all told',
      async (callers) => {
        const got = await Promise.all(
          Array.from({ length: callers }, () => buckets.lease('a', 1, rate, now)),
        );
        expect(sum(got)).toBe(Math.min(callers, rate.burst));
      },
    );

    test.each([2, 20, 50])('%d callers of portions at once never get more', async (callers) => {
      const got = await Promise.all(
        Array.from({ length: callers }, () => buckets.lease('a', 3, rate, now)),
      );
      expect(got.every((one) => [0, 1, 3].includes(one))).toBe(true);
      // Three portions and a single token, whatever the order; nothing that is there is refused.
      expect(sum(got)).toBe(Math.min(3 * callers, rate.burst));
    });

    test('whoever asks for what when, nobody ever gets more than the burst and what has flowed in', async () => {
      const step = fc.record({
        wait: fc.nat({ max: 5 }),
        wants: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
      });
      const rates = fc.record({
        perSecond: fc.constantFrom(0.3, 1, 2.5, 7),
        burst: fc.integer({ min: 1, max: 12 }),
      });
      let serial = 0;
      await fc.assert(
        fc.asyncProperty(rates, fc.array(step, { maxLength: 6 }), async (some, steps) => {
          serial += 1;
          let at = now;
          let total = 0;
          for (const { wait, wants } of steps) {
            at += wait;
            const got = await Promise.all(
              wants.map((want) => buckets.lease(`p${serial}`, want, some, at)),
            );
            for (const [i, one] of got.entries()) expect([0, 1, wants[i]]).toContain(one);
            total += sum(got);
            expect(total).toBeLessThanOrEqual(some.burst + some.perSecond * (at - now));
          }
        }),
        { numRuns: 25 },
      );
    });
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
