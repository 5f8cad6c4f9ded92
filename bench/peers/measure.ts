import { bundlesDirectory } from '../../infra/bundle.ts';
import { type Signed, signatureFloor, wrappedKey } from '../decisions/floors.ts';
import { loaded } from '../decisions/loaded.ts';
import type { StoredItem } from '../decisions/table.ts';
import { decisionWorld } from '../decisions/world.ts';
import type { Elsewhere } from '../measure/elsewhere.ts';
import { isWanted, measuredHere, rounds, withChecks } from '../measure/here.ts';
import type { Measured } from '../measure/interleaved.ts';
import { contenders } from './contenders.ts';
import { algorithms, type KeySet, peerWorld } from './tokens.ts';

/** What must be served to the measuring process. */
export interface Needs {
  readonly items: readonly StoredItem[];
  readonly keySet: KeySet;
}

export interface PeerFigures {
  readonly rounds: number;
  readonly floors: readonly Measured[];
  readonly decisions: readonly (Measured & { readonly checks: string })[];
}

/** Makes the tokens, proves that everybody is sound, and measures. */
export async function measurePeers(
  elsewhere: Elsewhere<Needs, PeerFigures>,
  jwksUri: string,
): Promise<void> {
  const world = await decisionWorld();
  const peers = peerWorld(world);
  await elsewhere.prepared({ items: world.items, keySet: peers.keySet });
  Object.assign(process.env, world.environment);
  const jwt = 'jwt-authorizer';
  const ours = (await loaded(bundlesDirectory, world, [jwt]))(jwt);
  const all = await contenders(peers, jwksUri, ours);
  const signed = algorithms.map(
    (alg): Signed => ({ alg, token: peers.token(alg), key: peers.publicKey(alg) }),
  );
  const { floors, decisions } = await measuredHere({
    floors: [...signed.map(signatureFloor), ...signed.map(wrappedKey)],
    decisions: all.filter(isWanted),
  });
  elsewhere.tell({ rounds, floors, decisions: withChecks(decisions, all) });
}
