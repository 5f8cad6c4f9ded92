import { describe, expect, test } from 'vitest';
import { activeKeys, type KeyRing, nextKeys } from '../../functions/core/keys/key-ring.ts';
import { ensure } from '../../functions/rotation/ensure.ts';
import { revoke } from '../../functions/rotation/revoke.ts';
import { rotationSteps, type Step, steps } from '../../functions/rotation/steps.ts';
import { unstick } from '../../functions/rotation/unstick.ts';
import { days, minutes, readRing } from './observer.ts';
import { newWorld, rules, type World } from './world.ts';

const why = { by: 'a test', reason: 'it leaked' };

/** A world with a key of every state that has been public for long. */
async function settled(): Promise<World> {
  const world = newWorld();
  await ensure(world);
  await world.pass(30 * days);
  await rotate(world, 'r0');
  await world.pass(30 * days);
  return world;
}

function current(world: World): KeyRing {
  return readRing(world.secret.currentText()) ?? expect.fail('there is no ring');
}

const kids = (keys: readonly { readonly kid: string }[]) => keys.map(({ kid }) => kid);
const published = async (world: World) => (await world.store.read()) ?? expect.fail('no set');
const publishedKids = async (world: World) => (await published(world)).keys.map((k) => k.jwk.kid);
const told = (world: World, kind: string) =>
  world.entries.filter((entry) => entry.kind === kind).map(({ id }) => id);

async function step(world: World, name: Step, token: string): Promise<void> {
  await rotationSteps(world, rules)({ step: name, token });
  await world.observe();
}

async function rotate(world: World, token: string): Promise<void> {
  world.secret.begin(token);
  for (const name of steps) await step(world, name, token);
}

function ask(world: World, which: object) {
  return revoke({ ...which, ...why }, world, rules);
}

/** The key of RS256 in that state. */
function keyOf(ring: KeyRing, state: 'active' | 'next' | 'retired') {
  const found = ring.keys.find((key) => key.alg === 'RS256' && key.state === state);
  return found ?? expect.fail(`no ${state} key`);
}

describe('a key that was revoked', () => {
  test('while it signs: the published next key takes its place, and nothing else changes', async () => {
    const world = await settled();
    const before = current(world);
    const bad = keyOf(before, 'active').kid;
    const good = keyOf(before, 'next').kid;
    expect(await ask(world, { kids: [bad] })).toEqual({
      generation: before.generation,
      kids: [bad],
      remaining: [bad],
      pollSeconds: rules.revocationPollSeconds,
    });
    expect(await publishedKids(world)).toContain(bad);
    await rotate(world, 'r1');
    const after = current(world);
    expect(keyOf(after, 'active').kid).toBe(good);
    expect(kids(before.keys)).not.toContain(keyOf(after, 'next').kid);
    expect(kids(after.keys)).not.toContain(bad);
    expect(await publishedKids(world)).toEqual(expect.arrayContaining(kids(after.keys)));
    expect(await publishedKids(world)).not.toContain(bad);
    const others = (ring: KeyRing) => ring.keys.filter(({ kid }) => ![bad, good].includes(kid));
    const kept = others(after).filter(({ kid }) => kid !== keyOf(after, 'next').kid);
    expect(kept).toEqual(expect.arrayContaining([...others(before)]));
    expect(after.mac).toEqual(before.mac);
  });

  test.each(['next', 'retired'] as const)(
    'while it is %s: the log names it at once, it leaves the set at once, and what signs goes on',
    async (state) => {
      const world = await settled();
      const before = current(world);
      const bad = keyOf(before, state).kid;
      await ask(world, { kids: [bad] });
      expect(told(world, 'key')).toEqual([bad]);
      expect(await publishedKids(world)).not.toContain(bad);
      await rotate(world, 'r1');
      const after = current(world);
      expect(activeKeys(after)).toEqual(activeKeys(before));
      expect(kids(after.keys)).not.toContain(bad);
      expect(nextKeys(after)).toHaveLength(2);
    },
  );

  test('is named by the log only after the ring that signs without it', async () => {
    const world = await settled();
    const bad = keyOf(current(world), 'active').kid;
    await ask(world, { kids: [bad] });
    const begun = world.entries.length;
    await rotate(world, 'r1');
    expect(world.entries.slice(begun)).toMatchObject([
      { kind: 'ring', id: String(current(world).generation) },
      { kind: 'key', id: bad },
    ]);
  });

  test('is named although it still signs if that is asked, and the rotation under way goes on', async () => {
    const world = await settled();
    const bad = keyOf(current(world), 'active').kid;
    await ask(world, { kids: [bad] });
    expect(told(world, 'key')).toEqual([]);
    world.secret.begin('r1');
    const answer = await ask(world, { kids: [bad], even_signing: true });
    expect(answer.remaining).toEqual([bad]);
    expect(told(world, 'key')).toEqual([bad]);
    for (const name of steps) await step(world, name, 'r1');
    expect(kids(current(world).keys)).not.toContain(bad);
  });

  test('is trusted never again once it was named, although no rotation follows for longer than the log remembers', async () => {
    const world = await settled();
    const bad = keyOf(current(world), 'active').kid;
    await ask(world, { kids: [bad] });
    await ask(world, { kids: [bad], even_signing: true });
    await world.pass(30 * days);
    const named = world.entries.find(({ kind }) => kind === 'key');
    expect(named?.expiresAt).toBeLessThan(world.now());
    expect(await publishedKids(world)).not.toContain(bad);
    // Neither a repetition nor a deployment brings it back.
    await ask(world, { kids: [bad], even_signing: true });
    await ensure(world);
    expect(await publishedKids(world)).not.toContain(bad);
    await rotate(world, 'r1');
    expect(kids(current(world).keys)).not.toContain(bad);
    expect((await ask(world, { kids: [bad] })).remaining).toEqual([]);
  });

  test('is asked for once more after the end: nothing remains, nothing changes', async () => {
    const world = await settled();
    const bad = keyOf(current(world), 'active').kid;
    await ask(world, { kids: [bad] });
    await rotate(world, 'r1');
    const [ring, set] = [current(world), await published(world)];
    expect((await ask(world, { kids: [bad] })).remaining).toEqual([]);
    expect(current(world)).toEqual(ring);
    expect(await published(world)).toEqual(set);
  });

  test('waits for no lead and for no intent to expire: whatever rotation comes next takes it out', async () => {
    const world = await settled();
    await rotate(world, 'r1');
    const before = current(world);
    const bad = keyOf(before, 'active').kid;
    await ask(world, { kids: [bad] });
    await world.pass(3 * minutes * 60);
    await rotate(world, 'r2');
    expect(keyOf(current(world), 'active').kid).toBe(keyOf(before, 'next').kid);
    expect(current(world).leadWaived).toBe(true);
  });

  test('together with the next one of its algorithm: fresh keys take their places', async () => {
    const world = await settled();
    const before = current(world);
    const bad = [keyOf(before, 'active').kid, keyOf(before, 'next').kid];
    await ask(world, { kids: bad });
    await rotate(world, 'r1');
    const after = current(world);
    for (const state of ['active', 'next'] as const) {
      expect(kids(before.keys)).not.toContain(keyOf(after, state).kid);
    }
    expect(activeKeys(after)).toHaveLength(2);
  });

  test('is forgotten only long after its end', async () => {
    const world = await settled();
    const bad = keyOf(current(world), 'active').kid;
    await ask(world, { kids: [bad] });
    await rotate(world, 'r1');
    await rotate(world, 'r2');
    expect((await published(world)).revoked).toHaveLength(1);
    await world.pass(rules.retirementSeconds);
    await rotate(world, 'r3');
    expect((await published(world)).revoked).toBeUndefined();
    expect(kids(current(world).keys)).not.toContain(bad);
  });
});

describe('the whole ring', () => {
  test('is replaced: no key of it stays, its MAC keys stay distrusted', async () => {
    const world = await settled();
    const before = current(world);
    const { kids: named } = await ask(world, { all: true });
    expect([...named].sort()).toEqual([...kids(before.keys)].sort());
    await rotate(world, 'r1');
    const after = current(world);
    for (const kid of kids(before.keys)) {
      expect(kids(after.keys)).not.toContain(kid);
      expect(await publishedKids(world)).not.toContain(kid);
      expect(told(world, 'key')).toContain(kid);
    }
    expect(after.mac.map(({ id, state, distrusted }) => [id, state, distrusted])).toEqual([
      [expect.any(String), 'active', undefined],
      ...before.mac.map(({ id }) => [id, 'retired', true]),
    ]);
    await world.pass(30 * days);
    await rotate(world, 'r2');
    expect(kids(activeKeys(current(world)))).toEqual(kids(nextKeys(after)));
  });

  test('with what a rotation under way has drawn, which was in the secret too', async () => {
    const world = await settled();
    world.secret.begin('r1');
    await step(world, 'createSecret', 'r1');
    await step(world, 'setSecret', 'r1');
    const drawn = readRing((await world.secret.get('r1', 'AWSPENDING')) ?? '');
    const { kids: named } = await ask(world, { all: true });
    expect(named).toEqual(expect.arrayContaining(kids(drawn?.keys ?? [])));
    await rotate(world, 'r2');
    for (const kid of named) expect(await publishedKids(world)).not.toContain(kid);
  });

  test('once more while the old one still signs means the same keys, not those that are to follow', async () => {
    const world = await settled();
    await ask(world, { all: true });
    world.secret.begin('r1');
    await step(world, 'createSecret', 'r1');
    await step(world, 'setSecret', 'r1');
    await ask(world, { all: true });
    for (const name of ['testSecret', 'finishSecret'] as const) await step(world, name, 'r1');
    expect(world.secret.holder('AWSCURRENT')).toBe('r1');
    expect((await published(world)).revoked?.every((key) => key.endedAt !== undefined)).toBe(true);
  });
});

describe('a rotation that is under way', () => {
  test.each([0, 1, 2, 3])('after %d of its steps gives way to the revocation', async (done) => {
    const world = await settled();
    const bad = keyOf(current(world), 'active').kid;
    world.secret.begin('r1');
    for (const name of steps.slice(0, done)) await step(world, name, 'r1');
    await ask(world, { kids: [bad] });
    expect(world.secret.holder('AWSPENDING')).toBeUndefined();
    await rotate(world, 'r2');
    expect(kids(current(world).keys)).not.toContain(bad);
    // Whoever takes up the old one again gets nowhere.
    await expect(step(world, 'setSecret', 'r1')).rejects.toThrow('not_pending');
  });

  test('and takes revoked keys out already is left alone', async () => {
    const world = await settled();
    const bad = keyOf(current(world), 'active').kid;
    await ask(world, { kids: [bad] });
    world.secret.begin('r1');
    await step(world, 'createSecret', 'r1');
    await ask(world, { kids: [bad] });
    expect(world.secret.holder('AWSPENDING')).toBe('r1');
    for (const name of steps.slice(1)) await step(world, name, 'r1');
    expect((await ask(world, { kids: [bad] })).remaining).toEqual([]);
  });

  test('does not let a key sign that was revoked before it did', async () => {
    const world = await settled();
    world.secret.begin('r1');
    for (const name of steps.slice(0, 3)) await step(world, name, 'r1');
    await revoke({ kids: [keyOf(current(world), 'next').kid], ...why }, world, rules);
    world.secret.begin('r1');
    await expect(step(world, 'finishSecret', 'r1')).rejects.toThrow('not_published');
    expect(world.secret.holder('AWSCURRENT')).toBe('r0');
  });

  test('and was detached by hand can never be published', async () => {
    const world = await settled();
    world.secret.begin('r1');
    await step(world, 'createSecret', 'r1');
    const text = (await world.secret.get('r1', 'AWSPENDING')) ?? '';
    const { generation } = await published(world);
    await unstick({ by: 'a test' }, world);
    expect((await published(world)).generation).toBeGreaterThan(readRing(text)?.generation ?? 0);
    expect((await published(world)).generation).toBeGreaterThan(generation);
  });
});

describe('what is refused', () => {
  test('a key that nobody knows: nothing is changed, not even for the others', async () => {
    const world = await settled();
    const set = await published(world);
    world.secret.begin('r1');
    const known = keyOf(current(world), 'active').kid;
    await expect(ask(world, { kids: [known, 'nobody'] })).rejects.toThrow('unknown_key');
    expect(await published(world)).toEqual(set);
    expect(world.secret.holder('AWSPENDING')).toBe('r1');
    expect(told(world, 'key')).toEqual([]);
  });

  test.each([
    ['nothing', {}],
    ['no keys', { kids: [], ...why }],
    ['keys and all', { kids: ['a'], all: true, ...why }],
    ['something else than all', { all: 1, ...why }],
    ['no reason', { all: true, by: 'me' }],
    ['no author', { all: true, reason: 'it leaked' }],
    ['a secret in a reason', { all: true, by: 'me', reason: 'found kwcs_1a in a log' }],
    ['a token in a reason', { all: true, by: 'me', reason: 'eyJhbGciOiJub25lIn0.e30.' }],
    ['a line break in a reason', { all: true, by: 'me', reason: 'a\nb' }],
    ['a kid that is no text', { kids: [5], ...why }],
    ['a member too many', { all: true, ...why, at: 5 }],
    ['a text', 'all'],
  ])('%s', async (_, asked) => {
    const world = await settled();
    const set = await published(world);
    await expect(revoke(asked, world, rules)).rejects.toThrow('invalid_intent');
    expect(await published(world)).toEqual(set);
  });

  test('anything while there is no ring', async () => {
    await expect(ask(newWorld(), { all: true })).rejects.toThrow('no_ring');
  });
});
