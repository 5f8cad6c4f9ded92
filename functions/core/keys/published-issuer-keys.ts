import {
  publishedKeysHoldSeconds,
  revokedSigningSeconds,
  unknownKidCooldownSeconds,
} from '../durations.ts';
import type { PublishedKeys } from '../ports/published-keys.ts';
import { importVerifier } from '../tokens/signature.ts';
import { type CachedIssuerKeys, issuerKeys } from './issuer-keys.ts';
import { revokedIds } from './revoked-keys.ts';

/**
 * The keys of our own issuer, as the Verification table has them. One that signs on although it was revoked is trusted no
 * longer than a rotation takes: if none comes to its end, the log forgets the key some day, and the set does not.
 */
export function publishedIssuerKeys(
  published: PublishedKeys,
  freshSeconds: number,
): CachedIssuerKeys {
  return issuerKeys({
    holdSeconds: publishedKeysHoldSeconds,
    unknownKidReadSeconds: unknownKidCooldownSeconds,
    fetch: async (now) => {
      const set = await published.read();
      if (set === undefined) throw new Error('nothing is published yet');
      const dead = revokedIds(set, now - revokedSigningSeconds);
      const keys = set.keys.flatMap(({ jwk, retiredAt }) => {
        if (dead.has(jwk.kid)) return [];
        const key = importVerifier({ ...jwk });
        if (key === undefined) return [];
        return [retiredAt === undefined ? key : { ...key, retiredAt }];
      });
      return { keys, freshSeconds };
    },
  });
}
