import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FailureCounter } from '../../functions/core/ports/failure-counter.ts';

const now = 1_800_000_000;
const keepSeconds = 3_600;

/** What every counter of failures promises. @param open a counter that has counted nothing */
export function failureCounterContract(name: string, open: () => Promise<FailureCounter>): void {
  describe(`failures in ${name}`, () => {
    let counter: FailureCounter;
    beforeEach(async () => {
      counter = await open();
    });
    const count = (id: string, at: number) => counter.add(id, at, keepSeconds);

    test('nothing was counted under an id that nobody counted under', async () => {
      await count('b', now);
      expect(await counter.read(['a', 'b', 'c'], now)).toEqual([
        undefined,
        { count: 1, lastAt: now },
        undefined,
      ]);
      expect(await counter.read([], now)).toEqual([]);
    });

    test('each failure counts, and the last one is dated', async () => {
      for (const at of [now, now, now + 7]) await count('a', at);
      expect(await counter.read(['a'], now + 7)).toEqual([{ count: 3, lastAt: now + 7 }]);
    });

    test.each([
      [-1, 2],
      [0, undefined],
      [1, undefined],
    ])(
      'at %i seconds from its time after the last failure a count is %s',
      async (offset, expected) => {
        await count('a', now);
        await count('a', now + 10);
        const [failures] = await counter.read(['a'], now + 10 + keepSeconds + offset);
        expect(failures?.count).toBe(expected);
      },
    );

    test('a count that is past its time begins anew, swept or not', async () => {
      for (const at of [now, now + 1]) await count('a', at);
      const later = now + 1 + keepSeconds;
      await count('a', later);
      expect(await counter.read(['a'], later)).toEqual([{ count: 1, lastAt: later }]);
      await count('a', later + 1);
      expect(await counter.read(['a'], later + 1)).toEqual([{ count: 2, lastAt: later + 1 }]);
    });

    test.each([2, 20, 50])('of %d failures at once none is lost', async (callers) => {
      await Promise.all(Array.from({ length: callers }, () => count('a', now)));
      expect(await counter.read(['a'], now)).toEqual([{ count: callers, lastAt: now }]);
    });

    test.each([2, 20, 50])(
      'of %d failures at once none is lost where the count begins anew',
      async (callers) => {
        for (let i = 0; i < 3; i += 1) await count('a', now - keepSeconds);
        await Promise.all(Array.from({ length: callers }, () => count('a', now)));
        expect(await counter.read(['a'], now)).toEqual([{ count: callers, lastAt: now }]);
      },
    );

    test('failures are replaced where they are still those that were read, and nowhere else', async () => {
      for (const at of [now, now + 1]) await count('a', at);
      const next = { count: 7, lastAt: now + 5 };
      const others = [
        { count: 1, lastAt: now + 1 },
        { count: 3, lastAt: now + 1 },
        { count: 2, lastAt: now },
      ];
      for (const seen of others) {
        expect(await counter.replace('a', seen, next, keepSeconds)).toBe(false);
      }
      expect(await counter.replace('b', others[0] ?? next, next, keepSeconds)).toBe(false);
      const seen = { count: 2, lastAt: now + 1 };
      expect(await counter.read(['a', 'b'], now + 1)).toEqual([seen, undefined]);
      expect(await counter.replace('a', seen, next, keepSeconds)).toBe(true);
      expect(await counter.read(['a'], now + 5)).toEqual([next]);
      expect(await counter.replace('a', seen, next, keepSeconds)).toBe(false);
    });

    test('what was put in the place of failures is forgotten in its own time, and counted on', async () => {
      await count('a', now);
      const next = { count: 7, lastAt: now + 5 };
      await counter.replace('a', { count: 1, lastAt: now }, next, keepSeconds);
      expect(await counter.read(['a'], now + 4 + keepSeconds)).toEqual([next]);
      expect(await counter.read(['a'], now + 5 + keepSeconds)).toEqual([undefined]);
      await count('a', now + 6);
      expect(await counter.read(['a'], now + 6)).toEqual([{ count: 8, lastAt: now + 6 }]);
    });

    test.each([2, 20, 50])(
      'of %d who replace the same failures at once exactly one does',
      async (callers) => {
        await count('a', now);
        const seen = { count: 1, lastAt: now };
        const replaced = await Promise.all(
          Array.from({ length: callers }, (_, i) =>
            counter.replace('a', seen, { count: 2, lastAt: now + i }, keepSeconds),
          ),
        );
        expect(replaced.filter(Boolean)).toHaveLength(1);
        const lastAt = now + replaced.indexOf(true);
        expect(await counter.read(['a'], now)).toEqual([{ count: 2, lastAt }]);
      },
    );

    test.each([2, 20, 50])(
      'no failure is lost to %d who replace at the same time: it comes before them or after',
      async (callers) => {
        await count('a', now);
        const seen = { count: 1, lastAt: now };
        const replaced = await Promise.all(
          Array.from({ length: callers }, async (_, i) => {
            if (i % 2 === 1)
              return counter.replace('a', seen, { ...seen, count: 100 }, keepSeconds);
            await count('a', now);
            return false;
          }),
        );
        const [failures] = await counter.read(['a'], now);
        const isReplaced = replaced.includes(true);
        expect(failures?.count).toBe((isReplaced ? 100 : 1) + Math.ceil(callers / 2));
      },
    );

    test('whatever happens when, a count is the number of failures since the last pause', async () => {
      const steps = fc.array(fc.nat({ max: 2 * keepSeconds }), { minLength: 1, maxLength: 8 });
      let serial = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (waits) => {
          serial += 1;
          const id = `p${serial}`;
          let at = now;
          let expected = 0;
          for (const wait of waits) {
            at += wait;
            expected = wait < keepSeconds ? expected + 1 : 1;
            await count(id, at);
            expect(await counter.read([id], at)).toEqual([{ count: expected, lastAt: at }]);
          }
        }),
        { numRuns: 20 },
      );
    });
  });
}
