import { subscribe } from 'node:diagnostics_channel';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { BundledPolicy } from '../../functions/authorizers/config.ts';
import type { AuthorizerHandler } from '../../functions/authorizers/serve.ts';
import { bundlesDirectory, handlers } from '../../infra/bundle.ts';
import { floors } from './floors.ts';
import { type Contender, interleaved, type Measured } from './interleaved.ts';
import { pieces } from './pieces.ts';
import type { StoredItem } from './table.ts';
import { type HandlerOf, wholeDecisions } from './whole.ts';
import { type DecisionWorld, decisionWorld } from './world.ts';

/** Bundles that decide. */
export const authorizerBundles: readonly string[] = [...handlers().keys()].filter((name) =>
  name.endsWith('-authorizer'),
);

export interface Figures {
  readonly rounds: number;
  readonly floors: readonly Measured[];
  readonly decisions: readonly Measured[];
  readonly pieces: readonly Measured[];
}

/** What the measuring process says: first what the table must hold, at the end its figures. */
export type Message = { readonly items: readonly StoredItem[] } | { readonly figures: Figures };

/** Makes the world, loads the bundles into an environment like Lambda's, and measures. */
export async function measure(tell: (message: Message) => void): Promise<void> {
  const rounds = Number(process.env.ROUNDS ?? 41);
  const only = process.env.ONLY ?? '';
  const isWanted = ({ name }: Contender): boolean => name.includes(only);
  const world = await decisionWorld();
  tell({ items: world.items });
  await new Promise((resolve) => process.once('message', resolve));
  Object.assign(process.env, world.environment);
  let calls = 0;
  subscribe('http.client.request.start', () => {
    calls += 1;
  });
  const parts = {
    floors: floors(world),
    decisions: (await allDecisions(world)).filter(isWanted),
    pieces: pieces(world).filter(isWanted),
  };
  const measured = await interleaved(Object.values(parts).flat(), {
    rounds,
    calls: () => calls,
    backlog: () => process.stdout.writableLength,
    drained: async () => {
      while (process.stdout.writableLength > 0) await setTimeout(1);
      await setTimeout(1);
    },
  });
  const of = (part: readonly Contender[]): readonly Measured[] =>
    measured.filter(({ name }) => part.some((one) => one.name === name));
  const { decisions } = parts;
  tell({
    figures: {
      rounds,
      floors: of(parts.floors),
      decisions: of(decisions),
      pieces: of(parts.pieces),
    },
  });
  process.disconnect();
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

/** The bundles of a folder, each with both policies. */
async function loaded(bundles: string, world: DecisionWorld): Promise<HandlerOf> {
  const folder = mkdtempSync(join(tmpdir(), 'keyward-decisions-'));
  const found = new Map<string, AuthorizerHandler>();
  for (const [size, policy] of Object.entries(world.policies)) {
    for (const bundle of authorizerBundles) {
      found.set(
        `${bundle} ${size}`,
        await handlerIn(join(folder, size, bundle), policy, join(bundles, bundle)),
      );
    }
  }
  rmSync(folder, { recursive: true });
  return (bundle, size = 'demo') => {
    const handler = found.get(`${bundle} ${size}`);
    if (handler === undefined) throw new Error(`there is no ${bundle}`);
    return handler;
  };
}

/** A bundle as it is deployed: the code, and the policy beside it. */
async function handlerIn(
  folder: string,
  policy: BundledPolicy,
  bundle: string,
): Promise<AuthorizerHandler> {
  const file = join(folder, 'index.mjs');
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(bundle, 'index.mjs'), file);
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
  return ((await import(file)) as { readonly handler: AuthorizerHandler }).handler;
}
