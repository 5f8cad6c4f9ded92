import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryTokenBuckets } from '../../functions/adapters/memory/token-buckets.ts';
import { type RateLimiter, rateLimiter } from '../../functions/authorizers/rate-limit.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import type { BucketRate, TokenBuckets } from '../../functions/core/ports/token-buckets.ts';
import type { Principal } from '../../functions/core/routes/principal.ts';

const now = 1_800_000_000;
const route = 'GET /orders';
const rate: BucketRate = { perSecond: 10, burst: 100 };
const caller: Principal = {
  scheme: 'apikey',
  issuer: 'https://auth.example.com',
  subject: 'team-a',
  clientId: 'team-a',
  scope: [],
  roles: [],
  audience: [],
  credentialId: 'k1',
};

/** Environments over one store that keeps a record of what was asked of it. */
function world(
  options: { environments?: number; entriesMax?: number; audiences?: readonly string[] } = {},
) {
  const store = memoryTokenBuckets();
  const asked: { id: string; want: number; got: number }[] = [];
  const audit: AuditEvent[] = [];
  const state = { isDown: false };
  const buckets: TokenBuckets = {
    async lease(id, want, some, at) {
      const entry = { id, want, got: 0 };
      asked.push(entry);
      if (state.isDown) throw new TypeError('details of the store');
      entry.got = await store.lease(id, want, some, at);
      return entry.got;
    },
  };
  const { entriesMax = 1_000, environments = 1, audiences = [] } = options;
  const log = { write: (event: AuditEvent) => audit.push(event) };
  const limiters = Array.from({ length: environments }, (_, i) =>
    rateLimiter({ buckets, audit: log, entriesMax, audience: audiences[i] ?? 'https://a.example' }),
  );
  const [first] = limiters;
  if (first === undefined) throw new Error('no environment');
  return { limit: first, limiters, asked, audit, state };
}

/** How many of so many calls one after the other were allowed. */
async function allowed(
  limit: RateLimiter,
  calls: number,
  at: number,
  some = rate,
): Promise<number> {
  let count = 0;
  for (let i = 0; i < calls; i += 1) if (await limit(caller, route, some, at)) count += 1;
  return count;
}

describe('a rate limit', () => {
  test('allows a burst, then what flows in, and nothing more', async () => {
    const { limit } = world();
    expect(await allowed(limit, 150, now)).toBe(100);
    expect(await allowed(limit, 150, now + 1)).toBe(10);
    expect(await allowed(limit, 150, now + 4)).toBe(30);
    expect(await allowed(limit, 150, now + 1_000)).toBe(100);
  });

  test('is asked for portions: one call, a tenth of the burst, and more while the caller is busy', async () => {
    const { limit, asked } = world();
    await allowed(limit, 100, now);
    expect(asked.map(({ want }) => want)).toEqual([1, 10, 20, 40, 50, 2, 10, 20, 2, 10, 20, 2]);
    expect(asked.reduce((sum, { got }) => sum + got, 0)).toBe(100);
  });

  test('is one for each API: another one with the same routes has buckets of its own', async () => {
    const { limiters } = world({
      environments: 2,
      audiences: ['https://a.example', 'https://b.example'],
    });
    const counts = await Promise.all(limiters.map((limit) => allowed(limit, 150, now)));
    expect(counts).toEqual([100, 100]);
  });

  test('stays closed for whoever has just used it up when nobody answers: a flood must not open its own bucket', async () => {
    const { limit, state } = world();
    expect(await allowed(limit, 150, now)).toBe(100);
    state.isDown = true;
    expect(await allowed(limit, 50, now + 1)).toBe(0);
    expect(await allowed(limit, 50, now + 2)).toBe(0);
    // Whoever was quiet meanwhile is let in again, as anybody is.
    expect(await allowed(limit, 5, now + 60)).toBe(5);
  });

  test('does not write for each call of a flood: an empty bucket is remembered for the second', async () => {
    const { limit, asked } = world();
    await allowed(limit, 100, now);
    const before = asked.length;
    expect(await allowed(limit, 1_000, now)).toBe(0);
    expect(asked.length - before).toBe(1);
    expect(await allowed(limit, 1_000, now + 1)).toBe(10);
    expect(asked.length - before).toBeLessThan(15);
  });

  test('counts callers, routes and rates by themselves; a key that replaces another is the same caller', async () => {
    const { limit, asked } = world();
    const once: BucketRate = { perSecond: 0.01, burst: 1 };
    expect(await limit(caller, route, once, now)).toBe(true);
    expect(await limit({ ...caller, credentialId: 'k2' }, route, once, now)).toBe(false);
    const others: readonly (readonly [Partial<Principal>, string, BucketRate])[] = [
      [{ subject: 'team-b' }, route, once],
      [{ clientId: 'team-b' }, route, once],
      [{ issuer: 'https://other.example' }, route, once],
      [{}, 'POST /orders', once],
      [{}, route, { ...once, perSecond: 0.02 }],
    ];
    for (const [change, key, some] of others) {
      expect(await limit({ ...caller, ...change }, key, some, now)).toBe(true);
    }
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1 + others.length);
  });

  test('works from one token on, at less than one in a second', async () => {
    const { limit } = world();
    const slow: BucketRate = { perSecond: 0.5, burst: 1 };
    const outcomes: boolean[] = [];
    for (let second = 0; second < 5; second += 1) {
      outcomes.push(await limit(caller, route, slow, now + second));
    }
    expect(outcomes).toEqual([true, false, true, false, true]);
  });

  test.each([
    [0, 9, 2],
    [1, 9, 2],
    [0, 10, 3],
    [2, 1, 3],
    [3, 1, 3],
    [-1, 1, 3],
  ])(
    'of a busy caller %i seconds on, after %i more calls, was asked for %i times: a lease is good for two seconds',
    async (age, calls, times) => {
      const { limit, asked } = world();
      await allowed(limit, 2, now);
      await allowed(limit, calls, now + age);
      expect(asked).toHaveLength(times);
    },
  );

  test('takes no more than is used by callers that come now and then', async () => {
    const { limiters, asked } = world({ environments: 20 });
    let refused = 0;
    // Six calls in a second at a rate of ten, each in another environment.
    for (let call = 0; call < 360; call += 1) {
      const limit = limiters[call % limiters.length];
      const isAllowed = await limit?.(caller, route, rate, now + Math.floor(call / 6));
      if (!isAllowed) refused += 1;
    }
    expect(refused).toBe(0);
    expect(new Set(asked.map(({ want }) => want))).toEqual(new Set([1]));
  });

  test('remembers no more buckets than it may; what is pushed out is asked for again', async () => {
    const { limit, asked } = world({ entriesMax: 2 });
    const call = (subject: string) => limit({ ...caller, subject }, route, rate, now);
    for (const subject of ['a', 'b', 'a', 'c', 'a', 'b']) {
      for (const _ of [1, 2, 3]) await call(subject);
    }
    const names = asked.map(({ id }) => (JSON.parse(id) as string[])[3]);
    expect(names).toEqual(['a', 'a', 'b', 'b', 'c', 'c', 'b', 'b']);
  });

  test('of buckets that cannot be reached allows the call, writes one fault down, and asks again in the next second', async () => {
    const { limit, state, audit, asked } = world();
    state.isDown = true;
    expect(await allowed(limit, 50, now)).toBe(50);
    expect(audit).toEqual([{ event: 'fault', where: 'rate limit', fault: 'TypeError' }]);
    expect(asked).toHaveLength(1);
    expect(await allowed(limit, 50, now + 1)).toBe(50);
    expect(audit).toHaveLength(2);
    state.isDown = false;
    expect(await allowed(limit, 500, now + 2)).toBe(100);
  });

  test('that is none lets nobody pass and is no outage', async () => {
    const { limit, audit } = world();
    for (const none of [
      { perSecond: 0, burst: 1 },
      { perSecond: 1, burst: 0 },
    ]) {
      await expect(limit(caller, route, none, now)).rejects.toThrow('rate');
    }
    expect(audit).toEqual([]);
  });

  test.each([2, 20, 50])(
    'holds for %i calls at once in each of three environments',
    async (calls) => {
      const { limiters } = world({ environments: 3 });
      const few: BucketRate = { perSecond: 1, burst: 30 };
      const outcomes = await Promise.all(
        limiters.flatMap((limit) =>
          Array.from({ length: calls }, () => limit(caller, route, few, now)),
        ),
      );
      expect(outcomes.filter(Boolean).length).toBeLessThanOrEqual(few.burst);
      // What calls at once leased too much of is not lost on those who come after.
      let rest = outcomes.filter(Boolean).length;
      for (const limit of limiters) rest += await allowed(limit, 60, now, few);
      expect(rest).toBe(few.burst);
    },
  );

  test('holds whatever many environments do, and however their calls are spread', async () => {
    const step = fc.record({
      wait: fc.nat({ max: 4 }),
      calls: fc.array(fc.nat({ max: 3 }), { maxLength: 25 }),
      isAtOnce: fc.boolean(),
    });
    const rates = fc.record({
      perSecond: fc.constantFrom(0.3, 1, 2.5, 20),
      burst: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(rates, fc.array(step, { maxLength: 8 }), async (some, steps) => {
        const { limiters } = world({ environments: 4 });
        let at = now;
        let total = 0;
        for (const { wait, calls, isAtOnce } of steps) {
          at += wait;
          const call = async (environment: number) => {
            if (await limiters[environment]?.(caller, route, some, at)) total += 1;
          };
          if (isAtOnce) await Promise.all(calls.map(call));
          else for (const environment of calls) await call(environment);
          expect(total).toBeLessThanOrEqual(some.burst + some.perSecond * (at - now));
        }
      }),
    );
  });
});
