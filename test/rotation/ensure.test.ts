import { describe, expect, test } from 'vitest';
import { activeKeys, type KeyRing } from '../../functions/core/keys/key-ring.ts';
import { ensure, firstToken } from '../../functions/rotation/ensure.ts';
import { rotationSteps, steps } from '../../functions/rotation/steps.ts';
import { days, readRing } from './observer.ts';
import { newWorld, rules, sentinelVersion, type World } from './world.ts';

function current(world: World): KeyRing {
  return readRing(world.secret.currentText()) ?? expect.fail('there is no ring');
}

const published = async (world: World) => (await world.store.read()) ?? expect.fail('no set');

describe('at a deployment', () => {
  test('a sentinel becomes a ring that is published before it signs', async () => {
    const world = newWorld();
    const answer = await ensure(world);
    await world.observe();
    const ring = current(world);
    expect(world.secret.holder('AWSCURRENT')).toBe(firstToken(sentinelVersion));
    expect(world.secret.holder('AWSPREVIOUS')).toBe(sentinelVersion);
    expect((await published(world)).keys).toHaveLength(4);
    expect(answer).toEqual({ kids: activeKeys(ring).map(({ kid }) => kid), generation: 1 });
  });

  test('the answer and the log hold kids and a generation, nothing of a private half', async () => {
    const world = newWorld();
    const told = JSON.stringify([await ensure(world), world.events]);
    expect(told).not.toMatch(/private|"d"|"n"|"x"/);
    for (const { key } of current(world).mac) expect(told).not.toContain(key);
  });

  test('a ring that is there stays, however often the deployment asks', async () => {
    const world = newWorld();
    const first = await ensure(world);
    const [text, set] = [world.secret.currentText(), await published(world)];
    for (let times = 0; times < 3; times += 1) expect(await ensure(world)).toEqual(first);
    expect(world.secret.currentText()).toBe(text);
    expect(await published(world)).toEqual(set);
  });

  test('a set that was lost is published again', async () => {
    const world = newWorld();
    await ensure(world);
    const set = await published(world);
    await world.store.write({ ...set, keys: [], revision: 2 }, set.revision);
    await ensure(world);
    expect((await published(world)).keys.map(({ jwk }) => jwk)).toEqual(
      set.keys.map(({ jwk }) => jwk),
    );
    expect(world.events.at(-1)).toMatchObject({ event: 'ring_republished' });
  });

  test('the dates of retirement that a broken rotation left out are written', async () => {
    const world = newWorld();
    await ensure(world);
    await world.pass(30 * days);
    world.secret.begin('r1');
    const run = rotationSteps(world, rules);
    for (const step of steps.slice(0, 3)) await run({ step, token: 'r1' });
    await ensure(world);
    // Not before the label has moved: the key still signs.
    expect((await published(world)).keys.some(({ retiredAt }) => retiredAt !== undefined)).toBe(
      false,
    );
    await world.secret.makeCurrent('r1', firstToken(sentinelVersion));
    await ensure(world);
    const dates = (await published(world)).keys.flatMap(({ retiredAt }) => retiredAt ?? []);
    expect(dates).toEqual([world.now(), world.now()]);
  });

  test('a secret that was reset gets another ring, newer than what is published', async () => {
    const world = newWorld();
    await ensure(world);
    const before = current(world);
    await world.secret.detachPending(firstToken(sentinelVersion));
    await world.secret.putPending('v9', '{"schema":0}');
    await world.secret.makeCurrent('v9', firstToken(sentinelVersion));
    const answer = await ensure(world);
    expect(answer.generation).toBe(before.generation + 1);
    expect(answer.kids).not.toEqual(activeKeys(before).map(({ kid }) => kid));
    expect((await published(world)).generation).toBe(answer.generation);
  });

  test.each([
    ['{"schema":7}', 'unknown_schema'],
    ['something else', 'ring_broken'],
  ])('a secret that holds %s is refused and left as it is', async (text, reason) => {
    const world = newWorld();
    await world.secret.putPending('newer', text);
    await world.secret.makeCurrent('newer', sentinelVersion);
    await expect(ensure(world)).rejects.toThrow(reason);
    expect(world.secret.currentText()).toBe(text);
    expect(await world.store.read()).toBeUndefined();
  });

  test('a value that another attempt has put first is the one that is used', async () => {
    const first = newWorld();
    await ensure(first);
    const theirs = first.secret.currentText();
    const world = newWorld({
      wrapping: {
        versions: (inner, { secret }) => ({
          ...inner,
          // The other attempt's call arrives just before ours, which is then refused.
          putPending: async (id, value) => {
            await secret.putPending(id, theirs);
            await inner.putPending(id, value);
          },
        }),
      },
    });
    await ensure(world);
    await world.observe();
    expect(world.secret.currentText()).toBe(theirs);
  });

  test('deployments at the same time end with one ring', async () => {
    const world = newWorld();
    const outcomes = await Promise.allSettled([ensure(world), ensure(world), ensure(world)]);
    await world.observe();
    const answer = await ensure(world);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toEqual(answer);
    }
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  });
});
