import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { live, type Mutations } from './world.ts';

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('whatever happens to whoever reads and writes the log, under clocks that differ by two seconds', () => {
  test.each([
    ['a poll, while the log can be read', 0],
    ['the longest staleness, while every third read fails', 0.33],
  ])(
    'nothing revoked is accepted for longer than %s, and nothing else is refused',
    { timeout: 60_000 },
    async (_bound, failing) => {
      await fc.assert(
        fc.asyncProperty(seed, async (one) => {
          expect(await live({ seed: one, failing })).toEqual([]);
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('a follower of the log that is not quite right is found out', () => {
  const mutants: Readonly<Record<string, Mutations>> = {
    'whose reads do not overlap': { noOverlap: true },
    'whose cuts have no margin for issuers that have not seen them': { noMargin: true },
    'whose issuers do not wait for the end of a cut': { noWait: true },
    'that announces a change after it': { changedFirst: true },
  };

  test.each(Object.entries(mutants))('%s', { timeout: 60_000 }, async (_name, mutations) => {
    for (let one = 1; one <= 150; one += 1) {
      if ((await live({ seed: one, failing: 0, mutations })).length > 0) return;
    }
    expect.fail('nobody noticed');
  });
});
