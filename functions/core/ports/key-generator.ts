import type { PrivateJwk } from '../keys/key-ring.ts';
import type { PublicJwk } from '../keys/published-keys.ts';
import type { Algorithm } from '../tokens/algorithm.ts';

/** A new signing key. Its `kid` was never used before. */
export interface FreshKey {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly public: PublicJwk;
  readonly private: PrivateJwk;
}

/** Draws signing keys. */
export interface KeyGenerator {
  generate(algorithm: Algorithm): Promise<FreshKey>;
}
