import { describe, expect, test } from 'vitest';
import { keyGenerator } from '../../functions/core/keys/generate-key.ts';
import { activeKeys, type KeyRing, nextKeys } from '../../functions/core/keys/key-ring.ts';
import type { RingVersions } from '../../functions/core/ports/ring-versions.ts';
import type { RotationRules } from '../../functions/rotation/config.ts';
import { ensure, firstToken } from '../../functions/rotation/ensure.ts';
import { intentLifetimeSeconds, storeIntent } from '../../functions/rotation/intent.ts';
import { rotationSteps, type Step, steps } from '../../functions/rotation/steps.ts';
import { tryKey } from '../../functions/rotation/try-key.ts';
import { unstick } from '../../functions/rotation/unstick.ts';
import { days, minutes, readRing } from './observer.ts';
import { newWorld, rules, sentinelVersion, type World, type WorldOptions } from './world.ts';

/** A world with a ring that was published a month ago. */
async function settled(options: WorldOptions = {}): Promise<World> {
  const world = newWorld(options);
  await ensure(world);
  await world.pass(30 * days);
  return world;
}

function runner(world: World, changed: Partial<RotationRules> = {}) {
  const run = rotationSteps(world, { ...rules, ...changed });
  return (step: Step, token: string) => run({ step, token });
}

async function rotate(
  world: World,
  token: string,
  changed?: Partial<RotationRules>,
): Promise<void> {
  world.secret.begin(token);
  const run = runner(world, changed);
  for (const step of steps) {
    await run(step, token);
    await world.observe();
  }
}

function current(world: World): KeyRing {
  return readRing(world.secret.currentText()) ?? expect.fail('there is no ring');
}

async function pending(world: World, token: string): Promise<KeyRing> {
  const text = await world.secret.get(token, 'AWSPENDING');
  return readRing(text ?? '{"schema":0}') ?? expect.fail('nothing is pending');
}

const kids = (keys: readonly { readonly kid: string }[]) => keys.map(({ kid }) => kid);
const published = async (world: World) => (await world.store.read()) ?? expect.fail('no set');
const waive = { mode: 'waive-lead', by: 'a test' };

describe('a rotation', () => {
  test('lets the published next keys sign and publishes fresh ones', async () => {
    const world = await settled();
    const before = current(world);
    await rotate(world, 'r1');
    expect(world.secret.holder('AWSCURRENT')).toBe('r1');
    expect(world.secret.holder('AWSPREVIOUS')).toBe(firstToken(sentinelVersion));
    expect(kids(activeKeys(current(world)))).toEqual(kids(nextKeys(before)));
    const set = await published(world);
    expect(kids(set.keys.map(({ jwk }) => jwk)).sort()).toEqual(kids(current(world).keys).sort());
    const retired = set.keys.filter(({ state }) => state === 'retired');
    expect(kids(retired.map(({ jwk }) => jwk))).toEqual(kids(activeKeys(before)));
    expect(retired.every(({ retiredAt }) => retiredAt === world.now())).toBe(true);
  });

  test('publishes before the label moves, and dates the end of signing after it', async () => {
    const world = await settled();
    world.secret.begin('r1');
    const run = runner(world);
    await run('createSecret', 'r1');
    await run('setSecret', 'r1');
    const set = await published(world);
    expect(set.generation).toBe((await pending(world, 'r1')).generation);
    expect(set.keys.some(({ retiredAt }) => retiredAt !== undefined)).toBe(false);
    expect(world.secret.holder('AWSCURRENT')).not.toBe('r1');
  });

  test('signs with each key that will sign and verifies through the set as it is published', async () => {
    const world = await settled({ generator: keyGenerator, trial: tryKey });
    await rotate(world, 'r1');
    await world.pass(30 * days);
    await rotate(world, 'r2');
    expect(world.secret.holder('AWSCURRENT')).toBe('r2');
    for (const key of activeKeys(current(world))) expect(tryKey(key, key.public)).toBe(true);
  });

  test('is refused when a private half does not fit what is published', async () => {
    const world = await settled({
      trial: (key, jwk) => key.alg === 'RS256' && key.kid === jwk.kid,
    });
    await expect(rotate(world, 'r1')).rejects.toThrow('signature_fails');
    expect(world.secret.holder('AWSCURRENT')).not.toBe('r1');
  });

  test('hands the rotation token to the one call that needs it', async () => {
    const seen: (string | undefined)[] = [];
    const spying = (inner: RingVersions): RingVersions => ({
      ...inner,
      putPending: (id, value, token) => {
        seen.push(token);
        return inner.putPending(id, value, token);
      },
    });
    const world = await settled({ wrapping: { versions: spying } });
    world.secret.begin('r1');
    const run = rotationSteps(world, rules);
    for (const step of steps) await run({ step, token: 'r1', rotationToken: 'sesame' });
    expect(seen).toEqual([undefined, 'sesame']);
    expect(JSON.stringify(world.events)).not.toContain('sesame');
    expect(world.secret.currentText()).not.toContain('sesame');
  });

  test('writes nothing of a private half into the log', async () => {
    const world = await settled({ generator: keyGenerator, trial: tryKey });
    await rotate(world, 'r1');
    const log = JSON.stringify(world.events);
    for (const key of current(world).keys) {
      if (key.state !== 'retired') expect(log).not.toContain(key.private.d);
    }
    for (const { key } of current(world).mac) expect(log).not.toContain(key);
  });
});

describe('each step may be repeated', () => {
  test.each(steps)('%s a second time changes nothing', async (repeated) => {
    const world = await settled();
    world.secret.begin('r1');
    const run = runner(world);
    for (const step of steps) {
      await run(step, 'r1');
      if (step !== repeated) continue;
      const text = await world.secret.get(
        'r1',
        step === 'finishSecret' ? 'AWSCURRENT' : 'AWSPENDING',
      );
      const set = await published(world);
      await world.pass(minutes);
      await run(step, 'r1');
      expect(
        await world.secret.get('r1', step === 'finishSecret' ? 'AWSCURRENT' : 'AWSPENDING'),
      ).toBe(text);
      expect(await published(world)).toEqual(set);
    }
    expect(world.secret.holder('AWSCURRENT')).toBe('r1');
  });

  test('all four of them, for a token that is current already', async () => {
    const world = await settled();
    await rotate(world, 'r1');
    const text = world.secret.currentText();
    const set = await published(world);
    for (const step of steps) await runner(world)(step, 'r1');
    expect(world.secret.currentText()).toBe(text);
    expect(await published(world)).toEqual(set);
  });

  test('finishSecret makes up for the writes that followed the label', async () => {
    const world = await settled();
    world.secret.begin('r1');
    const run = runner(world);
    for (const step of steps.slice(0, 3)) await run(step, 'r1');
    await world.secret.makeCurrent('r1', (await pending(world, 'r1')).madeFrom ?? '');
    await run('finishSecret', 'r1');
    const retired = (await published(world)).keys.filter(({ state }) => state === 'retired');
    expect(retired.map(({ retiredAt }) => retiredAt)).toEqual([world.now(), world.now()]);
  });
});

describe('too early is no failure', () => {
  test('the same ring goes through again under a higher generation', async () => {
    const world = await settled();
    await rotate(world, 'r1');
    const before = current(world);
    await world.pass(10 * minutes);
    await rotate(world, 'r2');
    const after = current(world);
    expect(world.secret.holder('AWSCURRENT')).toBe('r2');
    expect(after).toMatchObject({
      generation: before.generation + 1,
      keys: before.keys,
      mac: before.mac,
    });
    expect(world.events).toContainEqual(
      expect.objectContaining({ event: 'rotation_skipped', reason: 'too_early', versionId: 'r2' }),
    );
  });

  test('and it publishes again what the set has lost', async () => {
    const world = await settled();
    const set = await published(world);
    await world.store.write({ ...set, keys: set.keys.slice(0, 3), revision: 99 }, set.revision);
    world.secret.begin('r1');
    const run = runner(world);
    await run('createSecret', 'r1');
    await run('setSecret', 'r1');
    expect((await published(world)).keys).toHaveLength(4);
  });

  test('a rotation that would publish too many keys is the same kind of success', async () => {
    const world = await settled();
    const narrow = { publishedKeysMax: 8, publicationLeadSeconds: 0 };
    for (const token of ['r1', 'r2'])
      await rotate(world, token, { publishedKeysMax: 8 }).then(() => world.pass(25 * 3_600));
    const before = current(world);
    expect(before.keys).toHaveLength(8);
    await rotate(world, 'r3', narrow);
    expect(kids(current(world).keys)).toEqual(kids(before.keys));
    expect(world.events).toContainEqual(
      expect.objectContaining({ event: 'rotation_skipped', reason: 'ring_full', versionId: 'r3' }),
    );
    // It becomes possible by itself as soon as retired keys may leave.
    await world.pass(rules.retirementSeconds);
    await rotate(world, 'r4', narrow);
    expect(kids(activeKeys(current(world)))).toEqual(kids(nextKeys(before)));
  });

  test('a maximum that was lowered below what is published stops nothing that is in force', async () => {
    const world = await settled();
    for (const token of ['r1', 'r2']) await rotate(world, token).then(() => world.pass(25 * 3_600));
    await rotate(world, 'r3', { publishedKeysMax: 4 });
    expect(world.secret.holder('AWSCURRENT')).toBe('r3');
  });
});

describe('an intent to waive the lead', () => {
  test('lets keys sign that are published only just now, says so in the ring, and is used up', async () => {
    const world = await settled();
    await rotate(world, 'r1');
    const before = current(world);
    await world.pass(minutes);
    expect(await storeIntent(waive, world)).toEqual({
      generation: before.generation,
      stored: true,
    });
    world.secret.begin('r2');
    for (const step of steps) await runner(world)(step, 'r2');
    expect(kids(activeKeys(current(world)))).toEqual(kids(nextKeys(before)));
    expect(current(world).leadWaived).toBe(true);
    expect(await world.intentStore.read()).toBeUndefined();
    world.secret.begin('r3');
    for (const step of steps) await runner(world)(step, 'r3');
    expect(kids(activeKeys(current(world)))).toEqual(kids(nextKeys(before)));
  });

  test('is void after ten minutes', async () => {
    const world = await settled();
    await rotate(world, 'r1');
    const before = current(world);
    await storeIntent(waive, world);
    await world.pass(intentLifetimeSeconds);
    await rotate(world, 'r2');
    expect(kids(current(world).keys)).toEqual(kids(before.keys));
  });

  test('that comes while a rotation runs is kept for the next one', async () => {
    const world = await settled();
    world.secret.begin('r1');
    const run = runner(world);
    for (const step of steps.slice(0, 3)) await run(step, 'r1');
    await world.pass(1);
    await world.intentStore.write({ mode: 'waive-lead', by: 'a test', at: world.now() });
    await run('finishSecret', 'r1');
    expect(await world.intentStore.read()).toBeDefined();
  });

  test('is used up by a rotation that did not need it', async () => {
    const world = await settled();
    await storeIntent(waive, world);
    await rotate(world, 'r1');
    expect(current(world).leadWaived).toBeUndefined();
    expect(await world.intentStore.read()).toBeUndefined();
  });

  test('leaves a rotation alone that is running', async () => {
    const world = await settled();
    world.secret.begin('running');
    await storeIntent(waive, world);
    await storeIntent(waive, world);
    expect(world.secret.holder('AWSPENDING')).toBe('running');
    await rotate(world, 'running');
    expect(current(world).leadWaived).toBeUndefined();
  });

  test.each([
    ['of another mode', { mode: 'kill', by: 'a test' }],
    ['without an author', { mode: 'waive-lead' }],
    ['with a line break in its author', { mode: 'waive-lead', by: 'a\nb' }],
    ['with a member too many', { ...waive, at: 5 }],
    ['that is a text', 'waive-lead'],
  ])('%s is refused and not stored', async (_, intent) => {
    const world = await settled();
    await expect(storeIntent(intent, world)).rejects.toThrow('invalid_intent');
    expect(await world.intentStore.read()).toBeUndefined();
  });

  test('before there is a ring is refused, and a first ring under way is left alone', async () => {
    const world = newWorld();
    world.secret.begin('first');
    await expect(storeIntent(waive, world)).rejects.toThrow('no_ring');
    expect(world.secret.holder('AWSPENDING')).toBe('first');
  });
});

describe('unstick', () => {
  test('takes away a pending version that would block the next rotation', async () => {
    const world = await settled();
    world.secret.begin('dead');
    expect(await unstick({ by: 'a test' }, world)).toEqual({ generation: 1, detached: true });
    expect(world.secret.holder('AWSPENDING')).toBeUndefined();
    await expect(runner(world)('createSecret', 'dead')).rejects.toThrow('not_pending');
    expect(await unstick({ by: 'a test' }, world)).toEqual({ generation: 1, detached: false });
  });

  test('never touches the ring in force, nor a first ring that is under way', async () => {
    const world = await settled();
    await rotate(world, 'r1');
    expect(await unstick({ by: 'a test' }, world)).toMatchObject({ detached: false });
    expect(world.secret.holder('AWSCURRENT')).toBe('r1');
    const empty = newWorld();
    empty.secret.begin('first');
    await expect(unstick({ by: 'a test' }, empty)).rejects.toThrow('no_ring');
    expect(empty.secret.holder('AWSPENDING')).toBe('first');
  });

  test.each([[undefined], [{}], [{ by: 'a\nb' }], ['me']])('%j is refused', async (asked) => {
    await expect(unstick(asked, await settled())).rejects.toThrow('invalid_intent');
  });
});

describe('what the labels say', () => {
  test.each(steps)('%s refuses a token that is neither pending nor current', async (step) => {
    const world = await settled();
    await expect(runner(world)(step, 'stranger')).rejects.toThrow('not_pending');
    world.secret.begin('other');
    await expect(runner(world)(step, 'stranger')).rejects.toThrow('not_pending');
  });

  test('an empty pending version: testSecret is quiet, setSecret and finishSecret are not', async () => {
    const world = await settled();
    world.secret.begin('r1');
    const run = runner(world);
    await expect(run('testSecret', 'r1')).resolves.toBeUndefined();
    await expect(run('setSecret', 'r1')).rejects.toThrow('nothing_pending');
    await expect(run('finishSecret', 'r1')).rejects.toThrow('nothing_pending');
  });

  test.each([
    ['{"schema":2}', 'unknown_schema'],
    ['{"schema":0}', 'no_ring'],
  ])('a pending value %s: testSecret is quiet, nothing else goes on', async (text, reason) => {
    const world = await settled();
    await world.secret.putPending('r1', text);
    const set = await published(world);
    const run = runner(world);
    await expect(run('testSecret', 'r1')).resolves.toBeUndefined();
    await expect(run('setSecret', 'r1')).rejects.toThrow(reason);
    await expect(run('finishSecret', 'r1')).rejects.toThrow(reason);
    expect(await published(world)).toEqual(set);
  });

  test.each([
    ['{"schema":2}', 'unknown_schema'],
    ['{"schema":0}', 'no_ring'],
    ['edited by hand', 'ring_broken'],
  ])('a secret in force that is %s is refused, and nothing is changed', async (text, reason) => {
    const world = await settled();
    const set = await published(world);
    await world.secret.putPending('newer', text);
    await world.secret.makeCurrent('newer', world.secret.holder('AWSCURRENT') ?? '');
    world.secret.begin('r1');
    await expect(runner(world)('createSecret', 'r1')).rejects.toThrow(reason);
    expect(await world.secret.get('r1', 'AWSPENDING')).toBeUndefined();
    expect(world.secret.currentText()).toBe(text);
    expect(await published(world)).toEqual(set);
  });

  test('a ring that has lost to another is taken off, so that the next rotation can begin', async () => {
    const world = await settled();
    world.secret.begin('r1');
    const run = runner(world);
    await run('createSecret', 'r1');
    const lost = (await world.secret.get('r1', 'AWSPENDING')) ?? '';
    await world.secret.detachPending('r1');
    await rotate(world, 'r2');
    await world.secret.detachPending('r2');
    world.secret.begin('r1');
    const set = await published(world);
    const winner = world.secret.currentText();
    for (const step of steps) await run(step, 'r1');
    expect(lost).not.toBe(winner);
    expect(world.secret.currentText()).toBe(winner);
    expect(await published(world)).toEqual(set);
    expect(world.secret.holder('AWSPENDING')).toBeUndefined();
  });
});

describe('the published set', () => {
  test('that shows a newer ring is never taken back', async () => {
    const world = await settled();
    world.secret.begin('r1');
    const run = runner(world);
    await run('createSecret', 'r1');
    const set = await published(world);
    await world.store.write({ ...set, generation: 50, revision: 50 }, set.revision);
    await expect(run('setSecret', 'r1')).rejects.toThrow('newer_published');
    expect(await published(world)).toMatchObject({ generation: 50, revision: 50 });
  });

  test('that shows a newer ring gets no dates of retirement from an older one', async () => {
    const world = await settled();
    world.secret.begin('r1');
    const run = runner(world);
    for (const step of steps.slice(0, 3)) await run(step, 'r1');
    const set = await published(world);
    const newer = { ...set, generation: 50, revision: set.revision + 1 };
    await world.store.write(newer, set.revision);
    await run('finishSecret', 'r1');
    expect(world.secret.holder('AWSCURRENT')).toBe('r1');
    expect(await published(world)).toEqual(newer);
  });

  test('without a key that is about to sign stops testSecret and finishSecret', async () => {
    const world = await settled();
    world.secret.begin('r1');
    const run = runner(world);
    await run('createSecret', 'r1');
    await run('setSecret', 'r1');
    const set = await published(world);
    const gone = { ...set, keys: set.keys.slice(1), revision: set.revision + 1 };
    await world.store.write(gone, set.revision);
    await expect(run('testSecret', 'r1')).rejects.toThrow('not_published');
    await expect(run('finishSecret', 'r1')).rejects.toThrow('not_published');
    expect(world.secret.holder('AWSCURRENT')).not.toBe('r1');
  });

  test('that lost a key and has it back counts its lead anew', async () => {
    const world = await settled();
    world.secret.begin('r1');
    const run = runner(world);
    await run('createSecret', 'r1');
    const set = await published(world);
    const fresh = set.keys.map((key) => ({ ...key, publishedAt: world.now() }));
    await world.store.write({ ...set, keys: fresh, revision: set.revision + 1 }, set.revision);
    await run('setSecret', 'r1');
    await expect(run('testSecret', 'r1')).rejects.toThrow('too_early');
  });

  test('that others write to at the same moment is written again, a bounded number of times', async () => {
    let busy = 2;
    const contended: WorldOptions['wrapping'] = {
      publisher: (inner) => ({
        read: () => inner.read(),
        write: async (set, revision) => (busy-- > 0 ? false : inner.write(set, revision)),
      }),
    };
    const world = newWorld({ wrapping: contended });
    await ensure(world);
    await world.pass(30 * days);
    world.secret.begin('r1');
    await runner(world)('createSecret', 'r1');
    busy = Number.POSITIVE_INFINITY;
    await expect(runner(world)('setSecret', 'r1')).rejects.toThrow('publish_conflict');
  });
});
