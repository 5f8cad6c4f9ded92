import type { FreshKey } from '../ports/key-generator.ts';
import { type Algorithm, algorithms } from '../tokens/algorithm.ts';
import {
  activeKeys,
  type FreshMaterial,
  head,
  type KeyRing,
  nextKeys,
  type RingKey,
  type RingMaking,
  type SigningKey,
} from './key-ring.ts';

/** Whether the ring still lets any of these keys be trusted: signing keys by their `kid`, MAC keys by their id. */
export function holdsAny(ring: KeyRing, revoked: ReadonlySet<string>): boolean {
  return (
    ring.keys.some(({ kid }) => revoked.has(kid)) ||
    ring.mac.some(({ id, distrusted }) => revoked.has(id) && distrusted !== true)
  );
}

/**
 * `ring` without keys that were revoked, and otherwise as it is. In the place of one that signed the next key of its
 * algorithm signs, which verifiers know already, or a fresh one when that was revoked as well; a missing next key is a
 * fresh one. A MAC key stays, so that a handle of it is told from nonsense, but is distrusted.
 */
export function ringWithout(
  ring: KeyRing,
  revoked: ReadonlySet<string>,
  making: RingMaking,
  fresh: FreshMaterial & { readonly active: readonly FreshKey[] },
): KeyRing {
  const { now } = making;
  const kept = { ...ring, keys: ring.keys.filter(({ kid }) => !revoked.has(kid)) };
  const keys = algorithms.flatMap((alg): readonly RingKey[] => {
    const of = <T extends { readonly alg: Algorithm }>(some: readonly T[]) =>
      some.filter((key) => key.alg === alg);
    const made = (drawn: readonly FreshKey[], state: SigningKey['state']): readonly RingKey[] =>
      of(drawn).map((key) => ({ ...key, state, createdAt: now }));
    const [active, next] = [of(activeKeys(kept)), of(nextKeys(kept))];
    const retired = of(kept.keys).filter(({ state }) => state === 'retired');
    if (active.length > 0) {
      return [...active, ...(next.length > 0 ? next : made(fresh.keys, 'next')), ...retired];
    }
    const signing = next.length > 0 ? promoted(next) : made(fresh.active, 'active');
    return [...signing, ...made(fresh.keys, 'next'), ...retired];
  });
  const signed = new Set(activeKeys(ring).map(({ kid }) => kid));
  const isPromoted = keys.some(({ kid, state }) => state === 'active' && !signed.has(kid));
  const isMacLost = ring.mac.some(({ id, state }) => state === 'active' && revoked.has(id));
  return {
    ...head(making, ring),
    ...(isPromoted ? { leadWaived: true } : {}),
    keys,
    mac: [
      ...(isMacLost ? [{ ...fresh.mac, state: 'active' as const, since: now }] : []),
      ...ring.mac.map((mac) =>
        revoked.has(mac.id)
          ? { ...mac, state: 'retired' as const, distrusted: true as const }
          : mac,
      ),
    ],
  };
}

function promoted(keys: readonly SigningKey[]): readonly SigningKey[] {
  return keys.map((key) => ({ ...key, state: 'active' }));
}
