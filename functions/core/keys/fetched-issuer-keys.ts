import type { KeySetSource } from '../ports/key-set-source.ts';
import type { Algorithm } from '../tokens/algorithm.ts';
import { importVerifier } from '../tokens/signature.ts';
import { type IssuerKeys, issuerKeys } from './issuer-keys.ts';

const freshDefaultSeconds = 600;
const freshMinSeconds = 60;
const freshMaxSeconds = 3_600;
const holdSeconds = 86_400;
const keysMax = 100;
const unknownKidReadSeconds = 5;

/**
 * The keys of another issuer, fetched from its JWK Set (RFC 7517 §5). Keys that are not fit for the configured algorithms
 * are passed over; of two keys with one id neither is used.
 */
export function fetchedIssuerKeys(
  source: KeySetSource,
  jwksUri: string,
  algorithms: readonly Algorithm[],
): IssuerKeys {
  return issuerKeys({
    holdSeconds,
    unknownKidReadSeconds,
    fetch: async () => {
      const { text, maxAgeSeconds = freshDefaultSeconds } = await source.fetch(jwksUri);
      const set: unknown = JSON.parse(text);
      const members =
        typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys)
          ? (set.keys as readonly unknown[])
          : undefined;
      if (members === undefined || members.length > keysMax) throw new Error('not a JWK Set');
      const keys = members
        .flatMap((jwk) =>
          typeof jwk === 'object' && jwk !== null ? [importVerifier({ ...jwk })] : [],
        )
        .filter((key) => key !== undefined && algorithms.includes(key.alg))
        .filter((key) => key !== undefined);
      const count = (kid: string) => keys.filter((key) => key.kid === kid).length;
      return {
        keys: keys.filter(({ kid }) => count(kid) === 1),
        freshSeconds: Math.min(Math.max(maxAgeSeconds, freshMinSeconds), freshMaxSeconds),
      };
    },
  });
}
