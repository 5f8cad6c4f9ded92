import type { Algorithm } from '../algorithm.ts';
import type { PrivateJwk } from '../key-ring.ts';
import type { PublicJwk } from '../published-keys.ts';

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
