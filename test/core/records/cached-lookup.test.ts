import { describe, expect, test } from 'vitest';
import type { Client } from '../../../functions/core/clients/client.ts';
import { cachedLookup } from '../../../functions/core/records/cached-lookup.ts';
import { someClient } from '../../contracts/registry.ts';

interface WorldOptions {
  readonly ttlSeconds?: number;
  readonly keptMin?: number;
  readonly markOf?: (id: string) => string;
}

function world(options: WorldOptions = {}) {
  const state = {
    now: 100,
    reads: [] as string[],
    isDown: false,
    known: new Map<string, Client>(),
  };
  const cached = cachedLookup(
    {
      find: async (id) => {
        state.reads.push(id);
        await new Promise((resolve) => setImmediate(resolve));
        if (state.isDown) throw new Error('down');
        return state.known.get(id);
      },
    },
    { ttlSeconds: 60, clock: { now: () => state.now }, markOf: (id) => id, ...options },
  );
  state.known.set('orders', someClient);
  return { state, cached };
}

test('a client is read once in its time, and again when that is over', async () => {
  const { state, cached } = world();
  for (const now of [100, 101, 159]) {
    state.now = now;
    expect(await cached.find('orders')).toEqual(someClient);
  }
  expect(state.reads).toHaveLength(1);
  state.now = 160;
  await cached.find('orders');
  expect(state.reads).toHaveLength(2);
});

test.each([
  [59, 1],
  [60, 2],
  [61, 2],
])(
  'after %i of 60 seconds a known and an unknown client were read %i times',
  async (age, reads) => {
    for (const id of ['orders', 'nobody']) {
      const { state, cached } = world();
      await cached.find(id);
      state.now += age;
      await cached.find(id);
      expect(state.reads).toHaveLength(reads);
    }
  },
);

test('the time of a client begins when it is read, not when it was last asked for', async () => {
  const { state, cached } = world();
  for (const now of [100, 130, 159, 160]) {
    state.now = now;
    await cached.find('orders');
  }
  expect(state.reads).toHaveLength(2);
});

test('a client that was removed is unknown when its time is over, and the other way round', async () => {
  const { state, cached } = world();
  await cached.find('orders');
  for (const isThere of [false, true, false]) {
    if (isThere) state.known.set('orders', someClient);
    else state.known.delete('orders');
    state.now += 60;
    for (const _ of [1, 2]) expect((await cached.find('orders')) !== undefined).toBe(isThere);
  }
  expect(state.reads).toHaveLength(4);
});

test('of made-up ids no more are remembered than of clients', async () => {
  const { state, cached } = world({ keptMin: 2 });
  for (const id of ['x', 'y', 'x', 'z', 'x', 'w', 'x', 'v', 'x', 'y']) await cached.find(id);
  expect(state.reads).toEqual(['x', 'y', 'z', 'w', 'v', 'y']);
});

test('a read that fails fails for all who wait for it, and the next one is a new one', async () => {
  const { state, cached } = world();
  state.isDown = true;
  const calls = await Promise.allSettled([1, 2, 3].map(() => cached.find('orders')));
  expect(calls.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(state.reads).toHaveLength(1);
  state.isDown = false;
  expect(await cached.find('orders')).toEqual(someClient);
  expect(state.reads).toHaveLength(2);
});

test('a read of one client holds no other one up', async () => {
  const { state, cached } = world();
  await Promise.all(['orders', 'nobody', 'orders'].map((id) => cached.find(id)));
  expect(state.reads).toEqual(['orders', 'nobody']);
});

test('an unknown client costs what a known one costs, so that the time of an answer tells nothing', async () => {
  const { state, cached } = world();
  for (let i = 0; i < 5; i += 1) {
    expect(await cached.find('nobody')).toBeUndefined();
    expect(await cached.find('orders')).toBeDefined();
  }
  expect(state.reads.sort()).toEqual(['nobody', 'orders']);
});

test('a client that was unknown is found when its time is over', async () => {
  const { state, cached } = world();
  await cached.find('late');
  state.known.set('late', { ...someClient, clientId: 'late' });
  state.now += 60;
  expect(await cached.find('late')).toBeDefined();
});

test('made-up ids push no client out', async () => {
  const { state, cached } = world({ keptMin: 2 });
  await cached.find('orders');
  for (let i = 0; i < 50; i += 1) await cached.find(`x${i}`);
  await cached.find('orders');
  expect(state.reads.filter((id) => id === 'orders')).toHaveLength(1);
});

test('whoever was used lately stays, and whoever was not has to leave', async () => {
  const { state, cached } = world({ keptMin: 2 });
  const ids = ['a', 'b', 'a', 'c', 'a', 'd', 'a', 'e', 'a', 'b'];
  for (const id of ids) state.known.set(id, { ...someClient, clientId: id });
  for (const id of ids) await cached.find(id);
  expect(state.reads).toEqual(['a', 'b', 'c', 'd', 'e', 'b']);
});

test('callers that come together share one read', async () => {
  const { state, cached } = world();
  await Promise.all(Array.from({ length: 20 }, () => cached.find('orders')));
  expect(state.reads).toHaveLength(1);
});

test('a store that fails is passed on, kept by nobody, and never answered from what is over', async () => {
  const { state, cached } = world();
  await cached.find('orders');
  state.isDown = true;
  state.now = 159;
  expect(await cached.find('orders')).toBeDefined();
  state.now = 160;
  await expect(cached.find('orders')).rejects.toThrow('down');
  state.isDown = false;
  expect(await cached.find('orders')).toBeDefined();
});

test('a clock that goes backwards makes no entry immortal', async () => {
  const { state, cached } = world();
  await cached.find('orders');
  state.now = 50;
  await cached.find('orders');
  expect(state.reads).toHaveLength(2);
});

test('without a lifetime everything is read', async () => {
  const { state, cached } = world({ ttlSeconds: 0 });
  await cached.find('orders');
  await cached.find('orders');
  expect(state.reads).toHaveLength(2);
});

test('a fresh look reads although the record is in memory, joins no read begun before, and leaves what it found', async () => {
  const { state, cached } = world();
  await cached.find('orders');
  state.known.set('orders', { ...someClient, name: 'Changed' });
  expect((await cached.find('orders'))?.name).toBe(someClient.name);
  expect((await cached.find('orders', true))?.name).toBe('Changed');
  expect((await cached.find('orders'))?.name).toBe('Changed');
  expect(state.reads).toHaveLength(2);
  await Promise.all([cached.find('late'), cached.find('late', true), cached.find('late', true)]);
  expect(state.reads.filter((id) => id === 'late')).toHaveLength(3);
});

test('a fresh look at a store that is away throws, whatever is in memory', async () => {
  const { state, cached } = world();
  await cached.find('orders');
  state.isDown = true;
  await expect(cached.find('orders', true)).rejects.toThrow('down');
});

describe('a record that is said to change', () => {
  test('is read again by the next one, and by every one until the change must be over', async () => {
    const { state, cached } = world();
    await cached.find('orders');
    cached.forget('orders', 160);
    for (const now of [100, 101, 159]) {
      state.now = now;
      await cached.find('orders');
    }
    expect(state.reads).toHaveLength(4);
    state.now = 160;
    await cached.find('orders');
    await cached.find('orders');
    expect(state.reads).toHaveLength(5);
  });

  test('was unknown until now, and is found by the next one', async () => {
    const { state, cached } = world();
    expect(await cached.find('new')).toBeUndefined();
    state.known.set('new', someClient);
    expect(await cached.find('new')).toBeUndefined();
    cached.forget('new', 100);
    expect(await cached.find('new')).toBe(someClient);
  });

  test('is not kept by a read that began before: it may be what it was', async () => {
    const { state, cached } = world();
    const begun = cached.find('orders');
    cached.forget('orders', 100);
    await begun;
    await cached.find('orders');
    expect(state.reads).toHaveLength(2);
  });

  test('is not shared by those who come after: the read that is under way is not theirs', async () => {
    const { state, cached } = world();
    const begun = cached.find('orders');
    cached.forget('orders', 200);
    await Promise.all([begun, cached.find('orders')]);
    expect(state.reads).toHaveLength(2);
  });

  test('is kept by nobody until the last of its changes must be over, in whichever order they are heard of', async () => {
    const { state, cached } = world();
    cached.forget('orders', 160);
    cached.forget('orders', 130);
    state.now = 131;
    cached.forget('other', 190);
    for (const _ of [1, 2]) await cached.find('orders');
    expect(state.reads).toHaveLength(2);
  });

  test('costs no look at what else is in memory, however many change', async () => {
    let marks = 0;
    const markOf = (id: string) => {
      marks += 1;
      return `<${id}>`;
    };
    const { state, cached } = world({ markOf });
    for (let i = 0; i < 500; i += 1) await cached.find(`x${i}`);
    marks = 0;
    for (let i = 0; i < 500; i += 1) cached.forget(`<y${i}>`, 160);
    expect(marks).toBe(0);
    cached.forget('<x7>', 100);
    await cached.find('x7');
    expect(state.reads.filter((id) => id === 'x7')).toHaveLength(2);
  });

  test('is the only one that is read again', async () => {
    const { state, cached } = world();
    state.known.set('other', someClient);
    await cached.find('orders');
    await cached.find('other');
    cached.forget('orders', 160);
    await cached.find('other');
    expect(state.reads).toEqual(['orders', 'other']);
  });
});
