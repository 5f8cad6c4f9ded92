import type { RotationRules } from '../../functions/rotation/config.ts';
import { ensure } from '../../functions/rotation/ensure.ts';
import { rotationSteps, type Step, steps } from '../../functions/rotation/steps.ts';
import { Broken, days, holdSeconds, minutes } from './observer.ts';
import { type Faults, newWorld, rules, type World, type WorldOptions } from './world.ts';

/** How Secrets Manager, an operator and the calendar behave in one life. */
export interface Plan {
  /** How often Secrets Manager tries a rotation, the first time included. */
  readonly attempts: number;
  readonly pauseSeconds: number;
  /** What an operator does with a rotation that is stuck. */
  readonly operator: 'resumes' | 'detaches';
  readonly intervalSeconds: number;
}

export const plans: readonly Plan[] = [10 * minutes, 30 * days].flatMap((intervalSeconds) =>
  [10 * minutes, 2 * days].flatMap((pauseSeconds): Plan[] => [
    { attempts: 4, pauseSeconds, operator: 'resumes', intervalSeconds },
    { attempts: 1, pauseSeconds, operator: 'resumes', intervalSeconds },
    { attempts: 1, pauseSeconds, operator: 'detaches', intervalSeconds },
  ]),
);

/** A design mistake. */
export interface Mutant extends Pick<WorldOptions, 'wrapping'> {
  readonly rules?: Partial<RotationRules>;
  /** A step that is left out. */
  readonly without?: Step;
  readonly ensure?: (world: World) => Promise<unknown>;
}

/**
 * What Secrets Manager does for one rotation: a pending version, then the steps, all of them again after a failure.
 *
 * @returns whether the rotation is over
 */
async function secretsManagerRotates(
  world: World,
  id: string,
  plan: Plan,
  mutant: Mutant,
): Promise<boolean> {
  const { secret } = world;
  const pending = stuckVersion(world);
  if (pending !== undefined && pending !== id) return false;
  if (pending === undefined) secret.begin(id);
  const run = rotationSteps(world, { ...rules, ...mutant.rules });
  for (let attempt = 1; attempt <= plan.attempts; attempt += 1) {
    let isDone = true;
    for (const step of steps) {
      if (step === mutant.without) continue;
      world.step = step;
      isDone = await world.attempt(() => run({ step, token: id }));
      if (!isDone) break;
    }
    await world.deliverLate();
    await world.observe();
    if (isDone && stuckVersion(world) === undefined) return true;
    await world.pass(plan.pauseSeconds);
  }
  return false;
}

/** A pending version that is not the current one. */
function stuckVersion({ secret }: World): string | undefined {
  const pending = secret.holder('AWSPENDING');
  return pending === secret.holder('AWSCURRENT') ? undefined : pending;
}

/** One life: the first ring, then three rotations, each brought to its end by an operator if need be. */
export async function live(faults: Faults, plan: Plan, mutant: Mutant = {}): Promise<World> {
  const { wrapping } = mutant;
  const world = newWorld({ faults, ...(wrapping === undefined ? {} : { wrapping }) });
  const makeRing = mutant.ensure ?? ensure;
  const retriesSuffice = plan.attempts > faults.length;
  for (let tries = 0; !(await world.attempt(() => makeRing(world))); tries += 1) {
    if (tries > 4) throw new Broken('I7 the first ring does not come to its end');
    await world.deliverLate();
    await world.pass(plan.pauseSeconds);
  }
  await world.deliverLate();
  await world.pass(30 * days);
  for (const round of [1, 2, 3]) {
    let id = `r${round}`;
    for (let visit = 0; !(await secretsManagerRotates(world, id, plan, mutant)); visit += 1) {
      if (retriesSuffice || visit > 4) throw new Broken('I7 rotation does not come to its end');
      await world.attempt(() => makeRing(world));
      const stuck = stuckVersion(world);
      if (plan.operator === 'detaches' || visit > 0) {
        if (stuck !== undefined) await world.secret.detachPending(stuck);
        id = `r${round}.${visit}`;
        await world.pass(plan.pauseSeconds);
      } else if (stuck !== undefined) id = stuck;
    }
    const lastUse = holdSeconds - 1;
    if (lastUse < plan.intervalSeconds) await world.pass(lastUse);
    const rest = plan.intervalSeconds - lastUse;
    await world.pass(rest > 0 ? rest : plan.intervalSeconds);
  }
  return world;
}
