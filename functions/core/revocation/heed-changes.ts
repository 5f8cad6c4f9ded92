import { recordChangeSeconds } from '../durations.ts';
import type { CachedIssuerKeys, IssuerKeys } from '../keys/issuer-keys.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lookup } from '../ports/lookup.ts';
import { cachedLookup } from '../records/cached-lookup.ts';
import { type RecordKind, recordMark } from '../records/record-kind.ts';
import type { RevocationFollower } from './follow-revocations.ts';

/**
 * Records from memory until the log says that they change. An entry is written before the record is, so from its time on
 * nothing of that record is kept until the change must be over: whatever its writer dies of, no cache misses it.
 */
export function followedLookup<T>(
  lookup: Lookup<T>,
  kind: RecordKind<T>,
  log: RevocationFollower,
  options: { readonly ttlSeconds: number; readonly clock: Clock },
): Lookup<T> {
  const cached = cachedLookup(lookup, { ...options, markOf: (id) => recordMark(kind, id) });
  log.onEntry((entry) => {
    if (entry.kind === 'changed') cached.forget(entry.id, entry.at + recordChangeSeconds);
  });
  return cached;
}

/** Public keys from memory until the log names another ring, or a key that was revoked. */
export function followedKeys(keys: CachedIssuerKeys, log: RevocationFollower): IssuerKeys {
  log.onEntry(({ kind }) => {
    if (kind === 'ring' || kind === 'key') keys.forget();
  });
  return keys;
}
