import type { Randomness } from '../core/ports/randomness.ts';

/** Drawn at a time: a draw costs as much for one id as for all of these. */
const drawnAtOnce = 256;
const idBytes = 12;
const idCharacters = 16;

/** Ids of decisions: 96 random bits each, as base64url. They lie in memory before they are used, so they must not be secrets. */
export function decisionIds(randomness: Randomness): () => string {
  let drawn = '';
  return () => {
    if (drawn === '') {
      drawn = Buffer.from(randomness.bytes(drawnAtOnce * idBytes)).toString('base64url');
    }
    const id = drawn.slice(0, idCharacters);
    drawn = drawn.slice(idCharacters);
    return id;
  };
}
