import { publishedKeysHoldSeconds, unknownKidCooldownSeconds } from '../durations.ts';
import type { PublishedKeys } from '../ports/published-keys.ts';
import { importVerifier } from '../tokens/signature.ts';
import { type CachedIssuerKeys, issuerKeys } from './issuer-keys.ts';

/** The keys of our own issuer, as the Verification table has them. */
export function publishedIssuerKeys(
  published: PublishedKeys,
  freshSeconds: number,
): CachedIssuerKeys {
  return issuerKeys({
    holdSeconds: publishedKeysHoldSeconds,
    unknownKidReadSeconds: unknownKidCooldownSeconds,
    fetch: async () => {
      const set = await published.read();
      if (set === undefined) throw new Error('nothing is published yet');
      const keys = set.keys.flatMap(({ jwk, retiredAt }) => {
        const key = importVerifier({ ...jwk });
        if (key === undefined) return [];
        return [retiredAt === undefined ? key : { ...key, retiredAt }];
      });
      return { keys, freshSeconds };
    },
  });
}
