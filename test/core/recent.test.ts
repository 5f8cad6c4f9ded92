import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recent } from '../../functions/core/recent.ts';

const key = fc.integer({ min: 0, max: 12 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('get' as const), key }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('set' as const), key }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('delete' as const), key }) },
);

test('what was used among the last different keys is there, with its newest value; what was deleted is not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step), (keptMin, steps) => {
      const entries = recent<number, number>(keptMin);
      /** Every value that is still meant, last used last; what was deleted counts among the keys. */
      const meant = new Map<number, number | undefined>();
      for (const [at, { does, key }] of steps.entries()) {
        const value = meant.get(key);
        const isSure = [...meant.keys()].slice(-keptMin).includes(key);
        meant.delete(key);
        if (does === 'delete') {
          entries.delete(key);
          meant.set(key, undefined);
          continue;
        }
        if (does === 'set') entries.set(key, at);
        const found = entries.get(key);
        if (does === 'set') expect(found).toBe(at);
        else if (isSure) expect(found).toBe(value);
        else expect([undefined, value]).toContain(found);
        // Who was asked for in vain was used too.
        meant.set(key, found);
      }
    }),
  );
});

test('at most twice as many entries are held as are promised', () => {
  const entries = recent<number, number>(100);
  for (let key = 0; key < 10_000; key += 1) entries.set(key, key);
  let held = 0;
  // From the newest on: a look-up may move an entry, and must not push out what is not counted yet.
  for (let key = 9_999; key >= 0; key -= 1) if (entries.get(key) !== undefined) held += 1;
  expect(held).toBeGreaterThanOrEqual(100);
  expect(held).toBeLessThanOrEqual(200);
});
