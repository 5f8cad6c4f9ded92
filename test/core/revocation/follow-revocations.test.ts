import { describe, expect, test } from 'vitest';
import { memoryRevocationLog } from '../../../functions/adapters/memory/revocation-log.ts';
import {
  type FollowOptions,
  followRevocations,
} from '../../../functions/core/revocation/follow-revocations.ts';
import type { LoggedEntry } from '../../../functions/core/revocation/log-entry.ts';

const hour = 1_800_000_000;
const now = hour + 1_800;

function world(options: Partial<FollowOptions> = {}) {
  const log = memoryRevocationLog();
  const reads: (readonly [number, number])[] = [];
  const state = { isAway: false, serial: 0 };
  const follower = followRevocations({
    log: {
      async read(from, to) {
        reads.push([from, to]);
        if (state.isAway) throw new Error('away');
        return log.read(from, to);
      },
    },
    ...{ pollSeconds: 5, maxStaleSeconds: 60, keepSeconds: 3_728 },
    ...options,
  });
  const told: string[] = [];
  follower.onEntry(({ id }) => told.push(id));
  const write = (id: string, at: number, more: Partial<LoggedEntry> = {}) => {
    state.serial += 1;
    const entry = {
      kind: 'token',
      id,
      at,
      serial: `s${state.serial}`,
      expiresAt: at + 3_600,
      ...more,
    };
    return log.append(entry as LoggedEntry);
  };
  const isDead = async (id: string, at: number, isStrict = false) =>
    (await follower.current(at, isStrict)).isRevoked({
      token: id,
      subject: '',
      key: '',
      issuedAt: at,
    });
  return { follower, log, reads, state, told, write, isDead };
}

describe('an environment', () => {
  test('reads when a request finds what it knows a poll old, and not before', async () => {
    const { follower, reads } = world();
    for (const second of [0, 1, 4, 5, 9, 10, 14.9, 3_000]) {
      await follower.current(now + Math.floor(second));
    }
    expect(reads).toHaveLength(4);
  });

  test('takes everything at its first read that may still kill a token, and goes back half a minute afterwards', async () => {
    const { follower, reads } = world();
    await follower.current(now);
    await follower.current(now + 5);
    await follower.current(now + 65);
    expect(reads).toEqual([
      [now - 3_758, now + 2],
      [now - 30, now + 7],
      [now - 25, now + 67],
    ]);
  });

  test('that was frozen for hours reads what can matter and nothing older', async () => {
    const { follower, reads } = world();
    await follower.current(now);
    await follower.current(now + 86_400);
    expect(reads[1]).toEqual([now + 86_400 - 3_758, now + 86_402]);
  });

  test('knows of a revocation at the first request after a poll', async () => {
    const { write, isDead } = world();
    expect(await isDead('j', now)).toBe(false);
    await write('j', now + 1);
    expect(await isDead('j', now + 4)).toBe(false);
    expect(await isDead('j', now + 5)).toBe(true);
    expect(await isDead('other', now + 5)).toBe(false);
  });

  test('finds what a clock that is ahead has written into the next hour', async () => {
    const { write, isDead } = world();
    const end = hour + 3_599;
    await write('j', end + 2);
    expect(await isDead('j', end)).toBe(true);
  });

  test('finds what arrives late under an early time, also across the hour', async () => {
    const { write, isDead } = world();
    expect(await isDead('j', hour + 3_605)).toBe(false);
    await write('j', hour + 3_590);
    expect(await isDead('j', hour + 3_610)).toBe(true);
  });

  test('is told of an entry once, although it is read again and again', async () => {
    const { follower, told, write } = world();
    await write('m', now, { kind: 'changed' });
    for (let second = 0; second < 60; second += 5) await follower.current(now + second);
    expect(told).toEqual(['m']);
    await write('m', now + 60, { kind: 'changed' });
    await follower.current(now + 65);
    expect(told).toEqual(['m', 'm']);
  });

  test('tells nobody who comes when something was read already: what was missed never comes again', async () => {
    const { follower } = world();
    await follower.current(now);
    expect(() => follower.onEntry(() => undefined)).toThrow('missed');
  });

  test('forgets what can kill nothing any more', async () => {
    const { follower, write } = world();
    for (let i = 0; i < 100; i += 1) await write(`j${i}`, now, { expiresAt: now + 100 + i });
    expect((await follower.current(now)).size).toBe(100);
    expect((await follower.current(now + 150)).size).toBe(49);
    expect((await follower.current(now + 300)).size).toBe(0);
  });

  test('whose clock is set back reads everything again', async () => {
    const { follower, reads } = world();
    await follower.current(now);
    await follower.current(now - 600);
    expect(reads[1]).toEqual([now - 600 - 3_758, now - 598]);
  });

  test('lets requests that come at once wait for one read', async () => {
    const { follower, reads } = world();
    await Promise.all(Array.from({ length: 20 }, () => follower.current(now)));
    expect(reads).toHaveLength(1);
  });

  test('does not make do with a read that began a poll ago and answers only now', async () => {
    let answer = (): void => undefined;
    const log = memoryRevocationLog();
    let reads = 0;
    const follower = followRevocations({
      log: {
        async read(from, to) {
          reads += 1;
          const entries = await log.read(from, to);
          if (reads === 1) await new Promise<void>((resolve) => (answer = resolve));
          return entries;
        },
      },
      ...{ pollSeconds: 5, maxStaleSeconds: 60, keepSeconds: 3_728 },
    });
    const early = follower.current(now);
    const late = follower.current(now + 5);
    await new Promise((resolve) => setImmediate(resolve));
    answer();
    await Promise.all([early, late]);
    expect(reads).toBe(2);
  });
});

describe('a strict request', () => {
  test('reads for itself, whatever was read a moment ago', async () => {
    const { write, isDead, reads } = world();
    expect(await isDead('j', now, true)).toBe(false);
    await write('j', now);
    expect(await isDead('j', now, true)).toBe(true);
    expect(reads).toHaveLength(2);
  });

  test('does not join a read that somebody else began', async () => {
    const { follower, reads } = world();
    await Promise.all([
      follower.current(now),
      follower.current(now, true),
      follower.current(now, true),
    ]);
    expect(reads).toHaveLength(3);
  });

  test('gets no answer at once when the log cannot be read, while others go on', async () => {
    const { follower, state } = world();
    await follower.current(now);
    state.isAway = true;
    await expect(follower.current(now + 1, true)).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(follower.current(now + 1)).resolves.toBeDefined();
  });
});

describe('while the log cannot be read', () => {
  test('a verifier goes on with what it knows for its time, and says then that it cannot tell', async () => {
    const { follower, state, write, isDead } = world();
    await write('j', now);
    await follower.current(now);
    state.isAway = true;
    expect(await isDead('j', now + 59)).toBe(true);
    await expect(follower.current(now + 60)).rejects.toMatchObject({
      name: 'Unavailable',
      dependency: 'the revocation log',
    });
    state.isAway = false;
    expect(await isDead('j', now + 61)).toBe(true);
  });

  test('each read that failed is told of once, with its cause, and the refusal that follows in the end has it too', async () => {
    const causes: unknown[] = [];
    const { follower, state } = world({ onStale: (cause) => causes.push(cause) });
    await follower.current(now);
    state.isAway = true;
    for (const second of [4, 5, 5, 6, 6]) await follower.current(now + second);
    expect(causes).toMatchObject([{ message: 'away' }, { message: 'away' }]);
    await expect(follower.current(now + 60)).rejects.toMatchObject({ cause: { message: 'away' } });
    expect(causes).toHaveLength(2);
    state.isAway = false;
    await follower.current(now + 61);
    expect(causes).toHaveLength(2);
  });

  test('an issuer gives nothing out that is older than a poll', async () => {
    const { follower, state } = world({ maxStaleSeconds: 0 });
    await follower.current(now);
    state.isAway = true;
    await expect(follower.current(now + 4)).resolves.toBeDefined();
    await expect(follower.current(now + 5)).rejects.toMatchObject({ name: 'Unavailable' });
  });

  test('an environment that has never read it cannot tell', async () => {
    const { follower, state } = world();
    state.isAway = true;
    await expect(follower.current(now)).rejects.toMatchObject({ name: 'Unavailable' });
  });

  test('it is tried once a second and not by every request', async () => {
    const { follower, state, reads } = world();
    await follower.current(now);
    state.isAway = true;
    for (const second of [5, 5, 5, 5, 6, 6, 7]) await follower.current(now + second);
    expect(reads).toHaveLength(4);
  });
});

test('what runs beside a read neither fails nor follows it', async () => {
  const ran: number[] = [];
  const { follower } = world({
    beside: async (at) => {
      ran.push(at);
      throw new Error('nobody cares');
    },
  });
  await follower.current(now);
  await follower.current(now + 1);
  await follower.current(now + 5);
  expect(ran).toEqual([now, now + 5]);
});
