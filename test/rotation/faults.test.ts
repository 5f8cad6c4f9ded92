import { describe, expect, test } from 'vitest';
import { live, type Mutant, plans } from './lives.ts';
import { mutants } from './mutants.ts';
import { Broken } from './observer.ts';
import { type Faults, faultKinds } from './world.ts';

/** Faults may also hit the first calls of a retry. */
const callsMax = (await live([], plans[0] ?? expect.fail())).calls() + 4;

const numbers = Array.from({ length: callsMax }, (_, index) => index + 1);
const single: readonly Faults[] = [
  [],
  ...numbers.flatMap((call) => faultKinds.map((kind): Faults => [[call, kind]])),
];

/** Every pair of like faults is several minutes of lives; this takes each n-th, another part under each plan. */
function pairs(every: number, offset: number): readonly Faults[] {
  const all = numbers.flatMap((first) =>
    numbers.slice(first).flatMap((second) =>
      faultKinds.map(
        (kind): Faults => [
          [first, kind],
          [second, kind],
        ],
      ),
    ),
  );
  return all.filter((_, index) => index % every === offset % every);
}

/** The first life that breaks something. */
async function explore(
  lives: Iterable<readonly [Faults, (typeof plans)[number]]>,
  mutant: Mutant = {},
): Promise<string | undefined> {
  for (const [faults, plan] of lives) {
    try {
      await live(faults, plan, mutant);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return `${error.message} with ${JSON.stringify(faults)} under ${JSON.stringify(plan)}`;
    }
  }
  return undefined;
}

const everySingle = plans.flatMap((plan) => single.map((faults) => [faults, plan] as const));

/** Thousands of lives: no matter of time, though slow machines take theirs. */
const timeout = 120_000;

describe('a ring lives on', { timeout }, () => {
  test('through a failure of any one call, before or after it took effect, or with the call arriving late', async () => {
    expect(await explore(everySingle)).toBeUndefined();
  });

  test('through two failures of a kind', async () => {
    const lives = plans.flatMap((plan, index) =>
      pairs(131, index * 7).map((faults) => [faults, plan] as const),
    );
    expect(lives.length).toBeGreaterThan(1_500);
    expect(await explore(lives)).toBeUndefined();
  });
});

describe('the invariants notice a rotation that', { timeout }, () => {
  test.each(Object.entries(mutants))('%s', async (_, mutant) => {
    expect((await explore(everySingle, mutant))?.slice(0, 2)).toBe(mutant.breaks);
  });
});
