import { describe, expect, test } from 'vitest';
import { ensure } from '../../functions/rotation/ensure.ts';
import { rotationSteps, steps } from '../../functions/rotation/steps.ts';
import { gated } from './gated.ts';
import { days } from './observer.ts';
import { Crash, newWorld, rules, type World } from './world.ts';

/**
 * Runs tasks one port call at a time, in an order that `choose` decides, and looks at the world after every call.
 * What a task throws because it lost is its own affair; invariants are not.
 */
async function interleave(
  world: World,
  tasks: readonly ((world: World) => Promise<unknown>)[],
  choose: (count: number) => number,
): Promise<void> {
  const waiting = new Map<number, () => void>();
  const ended = new Set<number>();
  const runs = tasks.map((task, index) => {
    const pass = () => new Promise<void>((resolve) => waiting.set(index, resolve));
    return world.attempt(() => task(gated(world, pass))).finally(() => ended.add(index));
  });
  while (ended.size < tasks.length) {
    // Lets everybody who can run come to the next call.
    await new Promise((resolve) => setImmediate(resolve));
    const ready = [...waiting.keys()].sort((a, b) => a - b);
    const chosen = ready[choose(ready.length)];
    if (chosen === undefined) continue;
    waiting.get(chosen)?.();
    waiting.delete(chosen);
    await new Promise((resolve) => setImmediate(resolve));
    await world.observe();
  }
  await Promise.all(runs);
}

/** A repeatable order (a linear congruential generator). */
function chooser(seed: number): (count: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}

async function settled(): Promise<World> {
  const world = newWorld();
  await ensure(world);
  await world.pass(30 * days);
  return world;
}

const rotating = (token: string) => async (world: World) => {
  const run = rotationSteps(world, rules);
  for (const step of steps) await run({ step, token });
};

/** What Secrets Manager does in the end: it repeats the steps of what is pending, then begins anew a month later. */
async function healed(world: World): Promise<void> {
  const pending = world.secret.holder('AWSPENDING');
  if (pending !== undefined) {
    await world.attempt(() => rotating(pending)(world));
    await world.secret.detachPending(pending);
  }
  for (const token of ['last-1', 'last-2']) {
    await world.pass(30 * days);
    world.secret.begin(token);
    expect(await world.attempt(() => rotating(token)(world))).toBe(true);
    expect(world.secret.holder('AWSCURRENT')).toBe(token);
  }
}

const seeds = Array.from({ length: 150 }, (_, index) => index + 1);

describe('at the same time, in any order of their calls,', () => {
  test('two invocations of one rotation end with one ring', async () => {
    for (const seed of seeds) {
      const world = await settled();
      world.secret.begin('r1');
      await interleave(world, [rotating('r1'), rotating('r1')], chooser(seed));
      await world.attempt(() => rotating('r1')(world));
      expect(world.secret.holder('AWSCURRENT')).toBe('r1');
      await healed(world);
    }
  });

  test('a rotation that was detached and the one that took its place keep the keys in order', async () => {
    for (const seed of seeds) {
      const world = await settled();
      world.secret.begin('r1');
      const operator = async () => {
        await world.secret.detachPending('r1');
        world.secret.begin('r2');
      };
      const second = async (its: World) => {
        // Some calls of the first rotation have happened by then.
        for (let calls = 0; calls < seed % 14; calls += 1) await its.intents.read();
        await operator();
        await rotating('r2')(its);
      };
      await interleave(world, [rotating('r1'), second], chooser(seed));
      await healed(world);
    }
  });

  test('a deployment and a rotation do not disturb each other', async () => {
    for (const seed of seeds) {
      const world = await settled();
      world.secret.begin('r1');
      await interleave(world, [rotating('r1'), ensure], chooser(seed));
      await world.attempt(() => rotating('r1')(world));
      expect(world.secret.holder('AWSCURRENT')).toBe('r1');
      await healed(world);
    }
  });

  test('two first deployments end with one ring', async () => {
    for (const seed of seeds) {
      const world = newWorld();
      await interleave(world, [ensure, ensure], chooser(seed));
      await ensure(world);
      await world.observe();
      await healed(world);
    }
  });
});

describe('a rotation that is killed', () => {
  test('between any two calls is brought to its end by the next attempt', async () => {
    const length = await callsOf(async (world) => rotating('r1')(world));
    expect(length).toBeGreaterThan(15);
    for (let killedAt = 0; killedAt <= length; killedAt += 1) {
      const world = await settled();
      world.secret.begin('r1');
      let calls = 0;
      const killer = gated(world, async () => {
        calls += 1;
        if (calls > killedAt) throw new Crash();
      });
      expect(await world.attempt(() => rotating('r1')(killer))).toBe(killedAt === length);
      await world.pass(600);
      expect(await world.attempt(() => rotating('r1')(world))).toBe(true);
      expect(world.secret.holder('AWSCURRENT')).toBe('r1');
      const set = await world.store.read();
      const retired = set?.keys.filter(({ state }) => state === 'retired') ?? [];
      expect(retired).toHaveLength(2);
      for (const { retiredAt } of retired) expect(retiredAt).toBeDefined();
      await healed(world);
    }
  });
});

async function callsOf(work: (world: World) => Promise<void>): Promise<number> {
  const world = await settled();
  world.secret.begin('r1');
  const before = world.calls();
  await work(world);
  return world.calls() - before;
}
