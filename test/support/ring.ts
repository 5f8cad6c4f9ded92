import { keyGenerator } from '../../functions/core/keys/generate-key.ts';
import { firstRing, type KeyRing } from '../../functions/core/keys/key-ring.ts';

/** A ring of real keys, drawn for this run. */
export const ring: KeyRing = await drawRing();

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
