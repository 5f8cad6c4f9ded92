import { describe, expect, test } from 'vitest';
import { type Emergency, leaks, progresses, surviveEmergency } from './emergency.ts';
import { type EmergencyMutant, emergencyMutants } from './emergency-mutants.ts';
import { Broken } from './observer.ts';
import { type Faults, faultKinds } from './world.ts';

const emergencies = leaks.flatMap((leak) =>
  // Before its first step a rotation has drawn nothing.
  progresses
    .filter((progress) => leak !== 'pending' || progress > 0)
    .map((progress): Emergency => ({ leak, progress })),
);

const callsMax = (await surviveEmergency({ leak: 'all', progress: 3 }, [])).calls() + 4;
const numbers = Array.from({ length: callsMax }, (_, index) => index + 1);
const single = numbers.flatMap((call) => faultKinds.map((kind): Faults => [[call, kind]]));

/** Each emergency with every n-th fault, and with other ones than the emergency before. */
function lives(every: number): readonly (readonly [Emergency, Faults])[] {
  return emergencies.flatMap((emergency, offset) => [
    [emergency, []] as const,
    ...single
      .filter((_, index) => index % every === offset % every)
      .map((faults) => [emergency, faults] as const),
  ]);
}

/** The first life that breaks something. */
async function explore(every: number, mutant: EmergencyMutant = {}): Promise<string | undefined> {
  for (const [emergency, faults] of lives(every)) {
    try {
      await surviveEmergency(emergency, faults, mutant.wrapping);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return `${error.message} with ${JSON.stringify([emergency, faults])}`;
    }
  }
  return undefined;
}

const timeout = 120_000;

describe('revoked keys stay away and something always signs', { timeout }, () => {
  test('through a failure of any one call of a life with an emergency in it', async () => {
    expect(lives(11).length).toBeGreaterThan(700);
    expect(await explore(11)).toBeUndefined();
  });
});

describe('the invariants notice a revocation that', { timeout }, () => {
  test.each(Object.entries(emergencyMutants))('%s', async (_, mutant) => {
    expect((await explore(11, mutant))?.slice(0, 2)).toBe(mutant.breaks);
  });
});
