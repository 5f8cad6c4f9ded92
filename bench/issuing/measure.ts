import { join } from 'node:path';
import { bundlesDirectory } from '../../infra/bundle.ts';
import type { Elsewhere } from '../measure/elsewhere.ts';
import { isWanted, measuredHere, rounds, withChecks } from '../measure/here.ts';
import type { Measured } from '../measure/interleaved.ts';
import { endpoints, type TokenHandler } from './handlers.ts';
import { signatureFloors, signers } from './signers.ts';
import { silenceConsole } from './silence-console.ts';
import type { IssuingWorld } from './world.ts';

export interface IssuingFigures {
  readonly rounds: number;
  readonly floors: readonly Measured[];
  readonly signing: readonly Measured[];
  readonly issuing: readonly (Measured & { readonly checks: string })[];
}

/** Proves that everybody is sound, and measures in this process. Its environment is that of the token function. */
export async function measureIssuing(
  elsewhere: Elsewhere<undefined, IssuingFigures>,
  world: IssuingWorld,
): Promise<void> {
  silenceConsole();
  const all = await endpoints(world, await tokenFunction());
  const figures = await measuredHere({
    floors: signatureFloors(world),
    signing: (await signers(world)).filter(isWanted),
    issuing: all.filter(isWanted),
  });
  elsewhere.tell({ rounds, ...figures, issuing: withChecks(figures.issuing, all) });
}

/** The bundle as it is deployed. The environment must be that of the world, and the stores must be there. */
export async function tokenFunction(): Promise<TokenHandler> {
  const file = join(process.env.BUNDLES ?? bundlesDirectory, 'token', 'index.mjs');
  return ((await import(file)) as { readonly handler: TokenHandler }).handler;
}
