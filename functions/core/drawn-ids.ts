import type { Randomness } from './ports/randomness.ts';

/** Drawn at a time: a draw costs as much for one id as for all of these. A multiple of 4, so that they come out even. */
const drawnAtOnce = 256;

/**
 * Ids of so many characters of base64url, 6 random bits each. They lie in memory before they are used, so they must not be
 * secrets.
 */
export function drawnIds(randomness: Randomness, characters: number): () => string {
  let drawn = '';
  return () => {
    if (drawn === '') {
      const bytes = randomness.bytes((drawnAtOnce * characters * 6) / 8);
      drawn = Buffer.from(bytes).toString('base64url');
    }
    const id = drawn.slice(0, characters);
    drawn = drawn.slice(characters);
    return id;
  };
}
