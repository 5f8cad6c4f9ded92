/** Plausible mistakes in the emergency. Each must break an invariant in some life. */
import type { KeyRing } from '../../functions/core/keys/key-ring.ts';
import type { PublishedKeySet } from '../../functions/core/keys/published-keys.ts';
import { readRing } from './observer.ts';
import type { WorldOptions } from './world.ts';

type Wrapping = NonNullable<WorldOptions['wrapping']>;

export interface EmergencyMutant {
  readonly wrapping?: Wrapping;
}

export const emergencyMutants: Readonly<
  Record<string, EmergencyMutant & { readonly breaks: string }>
> = {
  'forgets what was revoked when a ring is published': {
    breaks: 'I7',
    wrapping: writing(({ revoked, ...set }) =>
      revoked !== undefined && isMark({ ...set, revoked }) ? { ...set, revoked } : set,
    ),
  },
  'leaves revoked keys in the published set': {
    breaks: 'IA',
    wrapping: writing((set, before) => {
      const kids = new Set(set.keys.map(({ jwk }) => jwk.kid));
      return {
        ...set,
        keys: [...set.keys, ...(before?.keys ?? []).filter(({ jwk }) => !kids.has(jwk.kid))],
      };
    }),
  },
  'notes the end as soon as a ring without the keys is published': {
    breaks: 'IB',
    wrapping: writing((set) => (isMark(set) ? set : { ...set, ...marks(set, ended) })),
  },
  'notes the end at once': {
    breaks: 'IA',
    wrapping: writing((set) => ({ ...set, ...marks(set, ended) })),
  },
  'trusts the MAC keys of a ring that a stranger has read': {
    breaks: 'IA',
    wrapping: pendingAs((ring) => ({
      ...ring,
      mac: ring.mac.map(({ distrusted: _, ...mac }) => mac),
    })),
  },
  'lets no other key sign': {
    breaks: 'I9',
    wrapping: pendingAs((ring) => ({
      ...ring,
      keys: ring.keys.filter(
        ({ alg, state }) => ring.leadWaived !== true || alg === 'ES256' || state !== 'active',
      ),
    })),
  },
  'does not name the keys in the log': {
    breaks: 'IB',
    wrapping: { revocations: silentFor('key') },
  },
  'does not name the ring in the log': {
    breaks: 'IC',
    wrapping: { revocations: silentFor('ring') },
  },
};

/** A mark that leaves the generation as it was. */
export const withoutFence: Wrapping = writing((set) => {
  const lower = (generation: number) => (isMark(set) ? generation - 2 : generation);
  return {
    ...set,
    generation: lower(set.generation),
    ...marks(set, (mark) =>
      mark.generation === set.generation ? { ...mark, generation: lower(mark.generation) } : mark,
    ),
  };
});

type Revoked = NonNullable<PublishedKeySet['revoked']>[number];

function marks(set: PublishedKeySet, change: (mark: Revoked) => Revoked): Partial<PublishedKeySet> {
  return set.revoked === undefined ? {} : { revoked: set.revoked.map(change) };
}

function ended(mark: Revoked): Revoked {
  return { endedAt: mark.revokedAt, ...mark };
}

/** Whether it is the write that marks keys as revoked. */
function isMark(set: PublishedKeySet): boolean {
  return set.revoked?.some(({ generation }) => generation === set.generation) ?? false;
}

/** Changes every set that is written. */
function writing(
  change: (set: PublishedKeySet, before: PublishedKeySet | undefined) => PublishedKeySet,
): Wrapping {
  return {
    publisher: (inner, world) => ({
      read: () => inner.read(),
      write: async (set, revision) => inner.write(change(set, await world.store.read()), revision),
    }),
  };
}

/** Changes every ring that is put as pending. */
function pendingAs(change: (ring: KeyRing) => KeyRing): Wrapping {
  return {
    versions: (inner) => ({
      ...inner,
      putPending: (id, text, token) => {
        const ring = readRing(text);
        return inner.putPending(
          id,
          ring === undefined ? text : JSON.stringify(change(ring)),
          token,
        );
      },
    }),
  };
}

/** A log that gets no entry of a kind, though it says so. */
function silentFor(kind: 'key' | 'ring'): NonNullable<Wrapping['revocations']> {
  return (inner) => ({
    record: async (entry, expiresAt) =>
      entry.kind === kind
        ? { ...entry, at: 0, serial: '', expiresAt: 0 }
        : inner.record(entry, expiresAt),
  });
}
