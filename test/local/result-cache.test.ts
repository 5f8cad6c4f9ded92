import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resultCache } from '../../local/gateway/result-cache.ts';

describe('result cache of an authorizer', () => {
  test('holds an answer until its TTL, and not an instant longer', () => {
    let now = 0;
    const cache = resultCache<string>(300, () => now);
    cache.set(['token'], 'answer');
    now = 299_999;
    expect(cache.get(['token'])).toBe('answer');
    now = 300_000;
    expect(cache.get(['token'])).toBeUndefined();
  });

  test('holds nothing with a TTL of 0', () => {
    const cache = resultCache<string>(0, () => 0);
    cache.set(['token'], 'answer');
    expect(cache.get(['token'])).toBeUndefined();
  });

  test('keeps any two identities apart, also where their values run together', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (left, right) => {
        fc.pre(left.length !== right.length || left.some((value, index) => value !== right[index]));
        const cache = resultCache<string>(1, () => 0);
        cache.set(left, 'left');
        expect(cache.get(right)).toBeUndefined();
        expect(cache.get(left)).toBe('left');
      }),
    );
  });

  test('forgets the oldest answers first, so that a flood of credentials fills no memory', () => {
    const cache = resultCache<number>(300, () => 0);
    for (let index = 0; index <= 10_000; index += 1) cache.set([String(index)], index);
    expect(cache.get(['0'])).toBeUndefined();
    expect(cache.get(['1'])).toBe(1);
    expect(cache.get(['10000'])).toBe(10_000);
  });
});
