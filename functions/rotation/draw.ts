import type { FreshMac } from '../core/keys/key-ring.ts';
import type { FreshKey, KeyGenerator } from '../core/ports/key-generator.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import { algorithms } from '../core/tokens/algorithm.ts';

/** One fresh key of each algorithm. */
export function drawKeys(generator: KeyGenerator): Promise<readonly FreshKey[]> {
  return Promise.all(algorithms.map((algorithm) => generator.generate(algorithm)));
}

/** A MAC key of 256 bits. Its id says nothing about it. */
export function drawMac(randomness: Randomness): FreshMac {
  const text = (bytes: number) => Buffer.from(randomness.bytes(bytes)).toString('base64url');
  return { id: text(9), key: text(32) };
}
