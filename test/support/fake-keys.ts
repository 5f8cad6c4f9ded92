import type { KeyGenerator } from '../../functions/core/ports/key-generator.ts';
import type { Randomness } from '../../functions/core/ports/randomness.ts';
import type { KeyTrial } from '../../functions/rotation/steps.ts';

/** Keys that cost nothing: well-formed JWKs with a running number, whose halves belong together by that number. */
export function fakeKeys(): KeyGenerator {
  let serial = 0;
  return {
    async generate(alg) {
      serial += 1;
      const kid = `${alg}-${serial}`;
      const number = `k${serial}`;
      return alg === 'RS256'
        ? {
            kid,
            alg,
            public: { kty: 'RSA', kid, alg, use: 'sig', n: number, e: 'AQAB' },
            private: { kty: 'RSA', n: number, e: 'AQAB', d: number },
          }
        : {
            kid,
            alg,
            public: { kty: 'EC', kid, alg, use: 'sig', crv: 'P-256', x: number, y: number },
            private: { kty: 'EC', crv: 'P-256', x: number, y: number, d: number },
          };
    },
  };
}

/** A fake signature verifies when both halves have the same number. */
export const fakeTrial: KeyTrial = (key, published) =>
  key.private.d === (published.alg === 'RS256' ? published.n : published.x);

/** Bytes that count up: no two draws are the same. */
export function countingRandomness(): Randomness {
  let drawn = 0;
  return {
    bytes(count) {
      drawn += 1;
      const bytes = new Uint8Array(count);
      new DataView(bytes.buffer).setUint32(0, drawn);
      return bytes;
    },
  };
}
