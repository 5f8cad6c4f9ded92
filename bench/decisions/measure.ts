import { bundlesDirectory } from '../../infra/bundle.ts';
import type { Elsewhere } from '../measure/elsewhere.ts';
import { isWanted, measuredHere, rounds } from '../measure/here.ts';
import type { Contender, Measured } from '../measure/interleaved.ts';
import { floors } from './floors.ts';
import { loaded } from './loaded.ts';
import { pieces } from './pieces.ts';
import type { StoredItem } from './table.ts';
import { wholeDecisions } from './whole.ts';
import { type DecisionWorld, decisionWorld } from './world.ts';

export interface Figures {
  readonly rounds: number;
  readonly floors: readonly Measured[];
  readonly decisions: readonly Measured[];
  readonly pieces: readonly Measured[];
}

/** Makes the world, loads the bundles into an environment like Lambda's, and measures. The table must hold the items. */
export async function measure(elsewhere: Elsewhere<readonly StoredItem[], Figures>): Promise<void> {
  const world = await decisionWorld();
  await elsewhere.prepared(world.items);
  Object.assign(process.env, world.environment);
  const figures = await measuredHere({
    floors: floors(world),
    decisions: (await allDecisions(world)).filter(isWanted),
    pieces: pieces(world).filter(isWanted),
  });
  elsewhere.tell({ rounds, ...figures });
}

async function allDecisions(world: DecisionWorld): Promise<readonly Contender[]> {
  const decisions = wholeDecisions(world, await loaded(bundlesDirectory, world));
  const baseline = process.env.BASELINE;
  if (baseline === undefined) return decisions;
  const before = wholeDecisions(world, await loaded(baseline, world));
  const nameBefore = (name: string): string => `${name}, before`;
  return [
    ...before.map(({ name, ...one }) => ({ ...one, name: nameBefore(name) })),
    ...decisions.map((one) => ({ ...one, floor: nameBefore(one.name) })),
  ];
}
