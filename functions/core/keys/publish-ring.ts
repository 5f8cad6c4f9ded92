import type { KeyRing } from './key-ring.ts';
import type { KeyState, PublicJwk, PublishedKey, PublishedKeySet } from './published-keys.ts';
import { revokedIds } from './revoked-keys.ts';

const order: Readonly<Record<KeyState, number>> = { active: 0, next: 1, retired: 2 };

/**
 * What the world may know of a ring, to be written over `previous`. A key keeps the date since when it is public, and a
 * retired one the date at which it stopped to sign. One that was revoked never comes back.
 */
export function publicHalf(
  ring: KeyRing,
  previous: PublishedKeySet | undefined,
  now: number,
): PublishedKeySet {
  const known = new Map(previous?.keys.map((key) => [key.jwk.kid, key]));
  const revoked = revokedIds(previous);
  const keys = ring.keys.flatMap((key): readonly PublishedKey[] => {
    if (revoked.has(key.kid)) return [];
    const { publishedAt = now, retiredAt } = known.get(key.kid) ?? {};
    const hasEnded = key.state === 'retired' && retiredAt !== undefined;
    const dates = { publishedAt, ...(hasEnded ? { retiredAt } : {}) };
    return [{ jwk: key.public, state: key.state, ...dates }];
  });
  return {
    v: 1,
    generation: ring.generation,
    revision: (previous?.revision ?? 0) + 1,
    keys: keys.toSorted((a, b) => order[a.state] - order[b.state]),
    ...(previous?.revoked === undefined ? {} : { revoked: previous.revoked }),
  };
}

/** `set` with the date of their retirement on those keys of the ring that have none. `undefined`: all have one. */
export function withRetirement(
  ring: KeyRing,
  set: PublishedKeySet,
  now: number,
): PublishedKeySet | undefined {
  const retired = new Set(ring.keys.filter(({ state }) => state === 'retired').map((k) => k.kid));
  const isUndated = ({ jwk, retiredAt }: PublishedKey) =>
    retired.has(jwk.kid) && retiredAt === undefined;
  if (!set.keys.some(isUndated)) return undefined;
  return {
    ...set,
    revision: set.revision + 1,
    keys: set.keys.map((key) => (isUndated(key) ? { ...key, retiredAt: now } : key)),
  };
}

/** Whether each key is in the set, and is there the same key. */
export function arePublished(
  keys: readonly { readonly public: PublicJwk }[],
  set: PublishedKeySet | undefined,
): boolean {
  const published = new Map(set?.keys.map(({ jwk }) => [jwk.kid, jwk]));
  return keys.every(({ public: jwk }) => isSameJwk(jwk, published.get(jwk.kid)));
}

/**
 * Whether each of these keys has been public for the lead. The proof is the published set, never a date in the ring:
 * the ring only says what somebody meant to do.
 */
export function publicLongEnough(
  keys: readonly { readonly kid: string }[],
  set: PublishedKeySet | undefined,
  now: number,
  leadSeconds: number,
): boolean {
  const since = new Map(set?.keys.map(({ jwk, publishedAt }) => [jwk.kid, publishedAt]));
  return keys.every(({ kid }) => {
    const publishedAt = since.get(kid);
    return publishedAt !== undefined && now - publishedAt >= leadSeconds;
  });
}

function isSameJwk(left: PublicJwk, right: PublicJwk | undefined): boolean {
  const names = ['kty', 'kid', 'alg', 'use', 'n', 'e', 'crv', 'x', 'y'] as const;
  return right !== undefined && names.every((name) => left[name] === right[name]);
}
