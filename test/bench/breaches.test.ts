import { describe, expect, it } from 'vitest';
import {
  agreeable,
  type Bound,
  breaches,
  type Listing,
  unmatched,
} from '../../bench/measure/breaches.ts';

const slack = 0.1;

function bound(figure: number, max: number): readonly string[] {
  const one: Bound = { of: 'token, KiB', figure, max, cure: 'Import less.' };
  return breaches({ bounds: [one], listings: [] }, slack);
}

function listing(found: readonly string[], agreed: readonly string[]): readonly string[] {
  const one: Listing = { of: 'token, packages', found, agreed, cure: 'Do without it.' };
  return breaches({ bounds: [], listings: [one] }, slack);
}

describe('a figure and its budget', () => {
  it('is no breach up to the budget', () => {
    expect(bound(41.6, 42.5)).toEqual([]);
    expect(bound(42.5, 42.5)).toEqual([]);
    expect(bound(0, 0)).toEqual([]);
  });

  it('is a breach above it, and says what to do', () => {
    expect(bound(42.6, 42.5)).toEqual(['token, KiB: 42.6, at most 42.5. Import less.']);
    expect(bound(1, 0)).toHaveLength(1);
  });

  it('is a breach when it was not taken', () => {
    expect(bound(Number.NaN, 42.5)).toHaveLength(1);
  });

  it('is a breach when the budget has become too generous, and says to what it is to be lowered', () => {
    expect(bound(38, 42.5)).toEqual([
      expect.stringMatching(/^token, KiB: 38, 42.5 allowed\. .*lower the budget to 39,/),
    ]);
    expect(bound(0, 1)).toEqual([expect.stringContaining('to 0,')]);
  });

  it('is none once the budget is what the message asked for', () => {
    for (const figure of [0, 1, 3, 3.2, 7, 19, 38, 41.6, 99.9, 105, 674, 26_643, 1_234_567]) {
      expect(bound(figure, agreeable(figure))).toEqual([]);
    }
  });
});

describe('names and those that were agreed on', () => {
  it('are no breach in another order', () => {
    expect(listing(['b', 'a'], ['a', 'b'])).toEqual([]);
  });

  it('are a breach when there is one too many', () => {
    expect(listing(['a', 'zod'], ['a'])).toEqual([
      'token, packages: zod was not agreed on. Do without it.',
    ]);
  });

  it('are a breach when there is one too few', () => {
    expect(listing(['a'], ['a', 'bowser'])).toEqual([expect.stringContaining('bowser is gone.')]);
  });
});

describe('what is there and what has a budget', () => {
  it('are the same', () => {
    expect(unmatched(['a', 'b'], ['b', 'a'], 'budgets.ts')).toEqual([]);
    expect(unmatched(['a', 'b'], ['b', 'c'], 'budgets.ts')).toEqual([
      'a: has no budget. --budgets prints one, for budgets.ts',
      'c: has a budget and does not exist. Strike it from budgets.ts',
    ]);
  });
});
