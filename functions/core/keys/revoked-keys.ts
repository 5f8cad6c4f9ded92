import type { KeyRing } from './key-ring.ts';
import type { PublishedKeySet, RevokedKey } from './published-keys.ts';

/**
 * What must not be trusted any more: ids of signing keys and of MAC keys.
 *
 * @param until those alone that were revoked up to then
 */
export function revokedIds(
  set: PublishedKeySet | undefined,
  until: number = Infinity,
): ReadonlySet<string> {
  const revoked = set?.revoked?.filter(({ revokedAt }) => revokedAt <= until);
  return new Set(revoked?.map(({ id }) => id));
}

/** `set` under a generation beyond that of every ring made so far: none of them can be published from now on. */
export function withFence(
  set: PublishedKeySet,
  ring: Pick<KeyRing, 'generation'>,
): PublishedKeySet {
  return {
    ...set,
    // One that is being made from what is published now will be one further.
    generation: Math.max(set.generation, ring.generation) + 2,
    revision: set.revision + 1,
  };
}

/**
 * `set`, behind a fence, with keys marked as revoked. `undefined`: all of them are. A key that signs stays published until
 * another one can take its place; others leave at once.
 *
 * @param ring in force
 */
export function withRevoked(
  set: PublishedKeySet,
  keys: readonly Pick<RevokedKey, 'id' | 'use'>[],
  ring: KeyRing,
  now: number,
): PublishedKeySet | undefined {
  const known = revokedIds(set);
  const added = keys.filter(({ id }) => !known.has(id));
  if (added.length === 0) return undefined;
  const leaving = new Set(added.map(({ id }) => id));
  for (const { kid, state } of ring.keys) if (state === 'active') leaving.delete(kid);
  const fenced = withFence(set, ring);
  const mark = { revokedAt: now, generation: fenced.generation };
  return {
    ...fenced,
    keys: set.keys.filter(({ jwk }) => !leaving.has(jwk.kid)),
    revoked: [...(set.revoked ?? []), ...added.map((key) => ({ ...key, ...mark }))],
  };
}

/** `set` without revoked keys that still sign, or as it is: what they sign from now on is good for nobody. */
export function withoutSigning(set: PublishedKeySet, kids: readonly string[]): PublishedKeySet {
  const keys = set.keys.filter(({ jwk }) => !kids.includes(jwk.kid));
  return keys.length === set.keys.length ? set : { ...set, revision: set.revision + 1, keys };
}

/**
 * The revoked keys that are gone for good, which nobody has noted yet. A ring of a later generation was made without them,
 * and nothing that holds them can follow the one in force: the label moves only from the version that a ring was made from.
 *
 * @param ring in force
 */
export function goneFor(ring: KeyRing, set: PublishedKeySet | undefined): readonly RevokedKey[] {
  return (set?.revoked ?? []).filter(
    ({ endedAt, generation }) => endedAt === undefined && ring.generation > generation,
  );
}

/** `set` with the end of these revocations, and without those that ended long ago. `undefined`: it is so already. */
export function withEnds(
  set: PublishedKeySet,
  ended: readonly RevokedKey[],
  now: number,
  keepSeconds: number,
): PublishedKeySet | undefined {
  const ids = new Set(ended.map(({ id }) => id));
  const { revoked = [], ...rest } = set;
  const isOld = ({ endedAt }: RevokedKey) => endedAt !== undefined && endedAt + keepSeconds <= now;
  const isUnnoted = ({ id, endedAt }: RevokedKey) => endedAt === undefined && ids.has(id);
  if (!revoked.some((key) => isOld(key) || isUnnoted(key))) return undefined;
  const kept = revoked
    .filter((key) => !isOld(key))
    .map((key) => (isUnnoted(key) ? { ...key, endedAt: now } : key));
  return {
    ...rest,
    revision: set.revision + 1,
    ...(kept.length === 0 ? {} : { revoked: kept }),
  };
}
