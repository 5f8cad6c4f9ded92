import { keyGenerator } from '../../functions/core/keys/generate-key.ts';
import {
  activeKeys,
  firstRing,
  type KeyRing,
  type SigningKey,
} from '../../functions/core/keys/key-ring.ts';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';

/** A ring of real keys, drawn for this run. */
export const ring: KeyRing = await drawRing();

/** The key that signs with an algorithm. @param of the ring of this run by default */
export function activeKey(alg: Algorithm, of: KeyRing = ring): SigningKey {
  const key = activeKeys(of).find((one) => one.alg === alg);
  if (key === undefined) throw new Error(`no active ${alg} key`);
  return key;
}

async function drawRing(): Promise<KeyRing> {
  const draw = () => Promise.all([keyGenerator.generate('RS256'), keyGenerator.generate('ES256')]);
  return firstRing(
    { now: 1_799_000_000, publishedGeneration: 0, madeFrom: 'v0' },
    {
      active: await draw(),
      keys: await draw(),
      mac: { id: 'm1', key: Buffer.alloc(32, 7).toString('base64url') },
    },
  );
}
