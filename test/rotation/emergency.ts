import type { KeyRing } from '../../functions/core/keys/key-ring.ts';
import { ensure } from '../../functions/rotation/ensure.ts';
import { revoke } from '../../functions/rotation/revoke.ts';
import { rotationSteps, steps } from '../../functions/rotation/steps.ts';
import { Broken, days, readRing } from './observer.ts';
import { type Faults, newWorld, rules, type World, type WorldOptions } from './world.ts';

/** What leaks: a key of each state, the next key of a rotation under way, or the secret. */
export const leaks = ['all', 'active', 'next', 'retired', 'pending'] as const;
export type Leak = (typeof leaks)[number];

/** A rotation that is under way when it happens is so far: from an empty version to all but its last step. */
export const progresses = [0, 1, 2, 3] as const;

export interface Emergency {
  readonly leak: Leak;
  readonly progress: (typeof progresses)[number];
}

const why = { by: 'a test', reason: 'it leaked' };

export function rotating(
  token: string,
  count: number = steps.length,
): (world: World) => Promise<void> {
  return async (world) => {
    const run = rotationSteps(world, rules);
    for (const step of steps.slice(0, count)) await run({ step, token });
  };
}

/** A world with a key of every state; the last rotation was an hour ago or a month. */
export async function settled(
  options: WorldOptions = {},
  idle: number = 30 * days,
): Promise<World> {
  const world = newWorld(options);
  await untilDone(world, () => ensure(world));
  await world.pass(30 * days);
  world.secret.begin('r0');
  await untilDone(world, () => rotating('r0')(world));
  await world.pass(idle);
  return world;
}

/** What the operator has to revoke, as it is known before anybody acts. */
export async function leaked(world: World, leak: Leak): Promise<object> {
  if (leak === 'all') return { all: true };
  const text = leak === 'pending' ? await world.secret.get('r1', 'AWSPENDING') : undefined;
  const ring: KeyRing | undefined = readRing(text ?? world.secret.currentText());
  const state = leak === 'pending' ? 'next' : leak;
  const kid = ring?.keys.find((key) => key.state === state && key.alg === 'RS256')?.kid;
  if (kid === undefined) throw new Error(`no key is ${state}`);
  return { kids: [kid] };
}

/** What `keyward keys revoke` does, again until it is told that nothing remains. */
export async function revoked(world: World, which: object): Promise<void> {
  let isOver = false;
  for (let attempt = 1; !isOver; attempt += 1) {
    if (attempt > 6) throw new Broken('I7 the revocation does not come to its end');
    const token = `e${attempt}`;
    await world.attempt(async () => {
      const { remaining } = await revoke({ ...which, ...why }, world, rules);
      isOver = remaining.length === 0;
    });
    if (isOver) return;
    const pending = world.secret.holder('AWSPENDING');
    const isFree = pending === undefined || pending === world.secret.holder('AWSCURRENT');
    if (isFree) world.secret.begin(token);
    await world.attempt(() => rotating(isFree ? token : (pending ?? ''))(world));
    await world.deliverLate();
    await world.observe();
    await world.pass(60);
    if ('all' in which) isOver = await hasEnded(world);
  }
}

/** One life: a rotation under way, the emergency in the middle of it, then what the calendar brings. */
export async function surviveEmergency(
  emergency: Emergency,
  faults: Faults,
  wrapping: WorldOptions['wrapping'] = {},
): Promise<World> {
  const world = await settled({ faults, wrapping });
  world.secret.begin('r1');
  await world.attempt(() => rotating('r1', emergency.progress)(world));
  await revoked(world, await leaked(world, emergency.leak));
  // Whoever still works at the old one, and two more rotations: nothing comes back.
  await world.attempt(() => rotating('r1')(world));
  for (const token of ['r2', 'r3']) {
    await world.deliverLate();
    await world.pass(30 * days);
    await rotated(world, token);
  }
  const { generation } = readRing(world.secret.currentText()) ?? {};
  const isNamed = world.entries.some((e) => e.kind === 'ring' && e.id === String(generation));
  if (!isNamed) throw new Broken('IC nobody was told of the ring in force');
  return world;
}

async function hasEnded(world: World): Promise<boolean> {
  const marks = (await world.store.read())?.revoked ?? [];
  return marks.length > 0 && marks.every(({ endedAt }) => endedAt !== undefined);
}

/** A rotation; when it is stuck an operator detaches it and begins another. */
async function rotated(world: World, token: string): Promise<void> {
  for (let visit = 1; ; visit += 1) {
    if (visit > 4) throw new Broken('I7 rotation does not come to its end');
    const id = `${token}.${visit}`;
    const pending = world.secret.holder('AWSPENDING');
    if (pending !== undefined) await world.secret.detachPending(pending);
    world.secret.begin(id);
    const isDone = await world.attempt(() => rotating(id)(world));
    if (isDone && world.secret.holder('AWSCURRENT') === id) return;
    await world.deliverLate();
    await world.pass(60);
  }
}

async function untilDone(world: World, work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; !(await world.attempt(work)); attempt += 1) {
    if (attempt > 4) throw new Broken('I7 it does not come to its end');
    await world.deliverLate();
    await world.pass(60);
  }
}
