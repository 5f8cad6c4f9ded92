import { describe, expect, test } from 'vitest';
import { ensure } from '../../functions/rotation/ensure.ts';
import { revoke } from '../../functions/rotation/revoke.ts';
import { leaked, leaks, revoked, rotating, settled } from './emergency.ts';
import { withoutFence } from './emergency-mutants.ts';
import { gated } from './gated.ts';
import { Broken, days } from './observer.ts';
import { rules, type World, type WorldOptions } from './world.ts';

type Work = (world: World) => Promise<unknown>;

interface Encounter {
  readonly before?: (world: World, which: object) => Promise<void>;
  /** What stands still in the middle. */
  readonly slow: (which: object) => Work;
  /** What happens meanwhile, from its beginning to its end. */
  readonly meanwhile: (world: World, which: object) => Promise<void>;
  readonly wrapping?: WorldOptions['wrapping'];
}

/** Runs `slow` up to its n-th call, then `meanwhile`, then the rest. @returns false when it has no n-th call */
async function overtake(world: World, n: number, slow: Work, meanwhile: Work): Promise<boolean> {
  let calls = 0;
  const reached = Promise.withResolvers<boolean>();
  const resumed = Promise.withResolvers<void>();
  const pass = async () => {
    calls += 1;
    if (calls !== n) return;
    reached.resolve(true);
    await resumed.promise;
  };
  const run = world.attempt(() => slow(gated(world, pass)));
  const isReached = await Promise.race([reached.promise, run.then(() => false)]);
  if (isReached) await meanwhile(world);
  resumed.resolve();
  await run;
  await world.observe();
  return isReached;
}

/** Every place at which something can stand still; then the revocation is repeated until it has ended, and life goes on. */
async function everywhere(encounter: Encounter): Promise<number> {
  let places = 0;
  for (const leak of leaks.filter((one) => one !== 'pending')) {
    for (let n = 1, isReached = true; isReached; n += 1) {
      const { wrapping = {} } = encounter;
      const world = await settled({ wrapping });
      const which = await leaked(world, leak);
      await encounter.before?.(world, which);
      isReached = await overtake(world, n, encounter.slow(which), (its) =>
        encounter.meanwhile(its, which),
      );
      places += 1;
      await revoked(world, which);
      expect((await world.store.read())?.revoked?.length).toBeGreaterThan(0);
      for (const token of ['last-1', 'last-2']) {
        await world.pass(30 * days);
        const pending = world.secret.holder('AWSPENDING');
        if (pending !== undefined) await world.secret.detachPending(pending);
        world.secret.begin(token);
        expect(await world.attempt(() => rotating(token)(world))).toBe(true);
        expect(world.secret.holder('AWSCURRENT')).toBe(token);
      }
    }
  }
  return places;
}

const begin = (token: string) => async (world: World) => world.secret.begin(token);
const asking =
  (which: object): Work =>
  (world) =>
    revoke({ ...which, by: 'a test', reason: 'it leaked' }, world, rules);

const slowRotation: Encounter = {
  before: begin('r1'),
  slow: () => rotating('r1'),
  meanwhile: revoked,
};

describe('in the middle of any step', () => {
  test('of an ordinary rotation, which then goes on: what the emergency did stays done', async () => {
    expect(await everywhere(slowRotation)).toBeGreaterThan(60);
  });

  test('of a deployment, which then goes on: what the emergency did stays done', async () => {
    expect(await everywhere({ slow: () => ensure, meanwhile: revoked })).toBeGreaterThan(12);
  });

  test('of a deployment that republishes what was lost, which then goes on: the same', async () => {
    const lose = async (world: World) => {
      const set = (await world.store.read()) ?? expect.fail('no set');
      const keys = set.keys.filter(({ state }) => state !== 'next');
      await world.store.write({ ...set, keys, revision: set.revision + 1 }, set.revision);
    };
    const before = async (world: World) => lose(world);
    expect(await everywhere({ before, slow: () => ensure, meanwhile: revoked })).toBeGreaterThan(
      16,
    );
  });

  test('of the revocation itself a rotation ends: the revocation ends after it', async () => {
    const meanwhile = async (world: World) =>
      void (await world.attempt(() => rotating('r1')(world)));
    const encounter = { before: begin('r1'), slow: asking, meanwhile };
    expect(await everywhere(encounter)).toBeGreaterThan(40);
  });

  test('of the rotation that takes keys out, the command is repeated', async () => {
    const before = async (world: World, which: object) => {
      await asking(which)(world);
      world.secret.begin('e0');
    };
    const encounter = { before, slow: () => rotating('e0'), meanwhile: revoked };
    expect(await everywhere(encounter)).toBeGreaterThan(60);
  });

  test('a revocation without a fence would be noticed', async () => {
    await expect(everywhere({ ...slowRotation, wrapping: withoutFence })).rejects.toThrow(Broken);
  });
});
