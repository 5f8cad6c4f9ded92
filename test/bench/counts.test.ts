import { describe, expect, it } from 'vitest';
import { budgets, type CountBudget, slack } from '../../bench/counts/budgets.ts';
import { observedCases } from '../../bench/counts/cases.ts';
import { codeRun, type ScriptCoverage } from '../../bench/counts/code-run.ts';
import type { Counts } from '../../bench/counts/counter.ts';
import { cryptoCalls } from '../../bench/counts/crypto-calls.ts';
import { judged } from '../../bench/counts/judged.ts';
import { breaches } from '../../bench/measure/breaches.ts';
import { digest, digestsEqual } from '../../functions/core/digest.ts';

const counts: Counts = {
  ...{ heapBytes: 25_209, functions: 105, code: 17_956, logBytes: 515, storeCalls: 0 },
  crypto: { hash: 2 },
};
const budget: CountBudget = {
  ...{ heapBytes: 25_700, functions: 108, code: 18_300, logBytes: 526 },
  ...{ crypto: { hash: 2 }, instructions: 322_000 },
};

function breachesOf(changes: Partial<Counts> & { readonly instructions?: number }) {
  return breaches(judged('JWT', { ...counts, ...changes }, budget), slack);
}

describe('the budget of an operation', () => {
  it('is kept by what it was written for, with instructions and where nobody counted them', () => {
    expect(breachesOf({})).toEqual([]);
    expect(breachesOf({ instructions: 315_746 })).toEqual([]);
  });

  it('has instructions for exactly those cases in which they are counted', () => {
    const agreed = Object.entries(budgets).flatMap(([name, { instructions }]) =>
      instructions === undefined ? [] : [name],
    );
    expect(new Set(agreed)).toEqual(observedCases);
  });

  it.each([
    ['bytes', { heapBytes: 25_801 }, 'JWT, bytes of heap: 25,801, at most 25,700.'],
    ['calls', { functions: 109 }, 'JWT, calls of functions: 109'],
    ['a loop', { code: 18_400 }, 'JWT, characters of code run'],
    ['a longer line in the log', { logBytes: 540 }, 'JWT, bytes of log'],
    ['a call of a store', { storeCalls: 1 }, 'A warm operation asks no store'],
    ['a call of a store now and then', { storeCalls: 1 / 64 }, 'A warm operation asks no store'],
    ['another digest', { crypto: { hash: 3 } }, 'JWT, calls of crypto.hash: 3, at most 2.'],
    ['another signature', { crypto: { hash: 2, sign: 1 } }, 'crypto.sign: 1, at most 0.'],
    ['instructions', { instructions: 330_000 }, 'JWT, instructions: 330,000'],
  ])('is broken by %s', (_what, changes, message) => {
    expect(breachesOf(changes)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['bytes', { heapBytes: 24_000 }, 'lower the budget to 24,500'],
    ['digests', { crypto: { hash: 1 } }, 'lower the budget to 1'],
    ['digests at all', { crypto: {} }, 'lower the budget to 0'],
  ])('is too generous when it takes fewer %s', (_what, changes, message) => {
    expect(breachesOf(changes)).toEqual([expect.stringContaining(message)]);
  });
});

describe('how much code was run', () => {
  /** `f` is 100 long and was called four times; a branch of 20 ran once, a loop of 30 ran 40 times, with 10 in it 80 times. */
  const script: ScriptCoverage = {
    url: 'file:///tmp/index.mjs?one',
    functions: [
      {
        ranges: [
          { startOffset: 0, endOffset: 100, count: 4 },
          { startOffset: 10, endOffset: 30, count: 1 },
          { startOffset: 40, endOffset: 70, count: 40 },
          { startOffset: 50, endOffset: 60, count: 80 },
        ],
      },
      { ranges: [{ startOffset: 200, endOffset: 300, count: 0 }] },
    ],
  };

  it('is each piece by its own count', () => {
    const others = { ...script, url: 'file:///tmp/index.mjs?other' };
    expect(codeRun([others, script], '/tmp/index.mjs?one', 4)).toEqual({
      functions: 1,
      code: (50 * 4 + 20 * 1 + 20 * 40 + 10 * 80) / 4,
    });
  });

  it('cannot be nothing', () => {
    expect(() => codeRun([script], '/tmp/index.mjs?two', 4)).toThrow('nothing of');
  });
});

describe('calls of node:crypto', () => {
  it('are counted by their names, and as they were afterwards', async () => {
    const two = async () => {
      for (let i = 0; i < 8; i += 1) digestsEqual(digest('a'), digest('b'));
    };
    expect(await cryptoCalls(two, 8)).toEqual({ hash: 2, timingSafeEqual: 1 });
    expect(await cryptoCalls(async () => {}, 8)).toEqual({});
  });
});
