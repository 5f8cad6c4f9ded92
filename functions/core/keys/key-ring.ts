import type { FreshKey } from '../ports/key-generator.ts';
import { type Algorithm, algorithms } from '../tokens/algorithm.ts';
import type { PublicJwk } from './published-keys.ts';

/** A signing key of the ring. The private half is gone once the key has retired. */
export type RingKey = SigningKey | RetiredKey;

interface KeyFacts {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly createdAt: number;
  readonly public: PublicJwk;
}

/** A key that signs, or is going to. */
export interface SigningKey extends KeyFacts {
  readonly state: 'next' | 'active';
  readonly private: PrivateJwk;
}

/** A key that verifies what it has signed. */
interface RetiredKey extends KeyFacts {
  readonly state: 'retired';
  /** Epoch seconds from which on the key may leave the ring; set one rotation after it retired. */
  readonly until?: number;
}

/** A private JWK; opaque here, imported by the signer. */
export type PrivateJwk = Readonly<Record<string, string>>;

/** A key for the MACs of opaque handles. */
export interface MacKey {
  readonly id: string;
  /** base64url of 32 random bytes. */
  readonly key: string;
  readonly state: 'active' | 'retired';
  readonly since: number;
  readonly until?: number;
  /** A stranger may have it: a handle that it made proves nothing any more. */
  readonly distrusted?: true;
}

/** The document in the ring secret. */
export interface KeyRing {
  readonly schema: 1;
  readonly generation: number;
  /** Epoch seconds at which this document was made. */
  readonly madeAt?: number;
  /** The version of the secret that this ring was made from; the label moves only from there. */
  readonly madeFrom?: string;
  /** An operator let the next keys sign before their lead was over. */
  readonly leadWaived?: true;
  readonly keys: readonly RingKey[];
  readonly mac: readonly MacKey[];
}

/** What a new document takes from outside. */
export interface RingMaking {
  readonly now: number;
  /** Generation of the published set; 0 when nothing is published. No ring is made with an older one. */
  readonly publishedGeneration: number;
  /** The version of the secret that is in force. */
  readonly madeFrom: string;
}

/** Key material that nobody has used yet. */
export interface FreshMaterial {
  /** One key of each algorithm for `next`. */
  readonly keys: readonly FreshKey[];
  readonly mac: FreshMac;
}

export type FreshMac = Pick<MacKey, 'id' | 'key'>;

/** The first ring: for each algorithm a key that signs and one that is published to sign next. */
export function firstRing(
  making: RingMaking,
  fresh: FreshMaterial & { readonly active: readonly FreshKey[] },
): KeyRing {
  const { now } = making;
  return {
    ...head(making),
    keys: [
      ...fresh.active.map((key): RingKey => ({ ...key, state: 'active', createdAt: now })),
      ...fresh.keys.map((key): RingKey => ({ ...key, state: 'next', createdAt: now })),
    ],
    mac: [{ ...fresh.mac, state: 'active', since: now }],
  };
}

/**
 * The ring after `ring`: what was next signs, what signed retires and loses its private half, each algorithm gets a
 * fresh next key, and handles get a fresh MAC key.
 *
 * What retires carries no date yet. The new ring may come into force days from now, after retries, and only then does
 * signing with the old key end. The rotation after this one cannot begin before that, so it is the one to set the date.
 */
export function nextRing(
  ring: KeyRing,
  making: RingMaking & {
    readonly retirementSeconds: number;
    readonly macRetirementSeconds: number;
    readonly leadWaived: boolean;
  },
  fresh: FreshMaterial,
): KeyRing {
  const { now, retirementSeconds, macRetirementSeconds } = making;
  return {
    ...head(making, ring),
    ...(making.leadWaived ? { leadWaived: true } : {}),
    keys: [
      ...ring.keys.flatMap((key) => advanced(key, now, retirementSeconds)),
      ...fresh.keys.map((key): RingKey => ({ ...key, state: 'next', createdAt: now })),
    ],
    mac: [
      { ...fresh.mac, state: 'active', since: now },
      ...ring.mac.flatMap((mac) =>
        mac.state === 'active'
          ? [{ ...mac, state: 'retired' as const }]
          : dated(mac, now, macRetirementSeconds),
      ),
    ],
  };
}

/** How many keys `nextRing` would hold, without making any. */
export function nextRingSize(ring: KeyRing, now: number): number {
  return ring.keys.flatMap((key) => advanced(key, now, 0)).length + algorithms.length;
}

/** The same keys once more under a higher generation: what a rotation makes that may not do anything yet. */
export function sameRing(ring: KeyRing, making: RingMaking): KeyRing {
  return { ...head(making, ring), keys: ring.keys, mac: ring.mac };
}

/** The keys that sign, one for each algorithm. */
export function activeKeys(ring: KeyRing): readonly SigningKey[] {
  return ring.keys.filter((key): key is SigningKey => key.state === 'active');
}

/** The keys that will sign after the next rotation. */
export function nextKeys(ring: KeyRing): readonly SigningKey[] {
  return ring.keys.filter((key): key is SigningKey => key.state === 'next');
}

/** What every new document begins with. @param ring that it follows */
export function head(making: RingMaking, ring?: KeyRing): Omit<KeyRing, 'keys' | 'mac'> {
  return {
    schema: 1,
    generation: Math.max(ring?.generation ?? 0, making.publishedGeneration) + 1,
    madeAt: making.now,
    madeFrom: making.madeFrom,
  };
}

function advanced(key: RingKey, now: number, retirementSeconds: number): readonly RingKey[] {
  if (key.state === 'next') return [{ ...key, state: 'active' }];
  if (key.state === 'retired') return dated(key, now, retirementSeconds);
  const { private: _gone, ...rest } = key;
  return [{ ...rest, state: 'retired' }];
}

/** Sets the date of what has none; drops what is past its date. */
function dated<T extends { readonly until?: number }>(
  entry: T,
  now: number,
  retirementSeconds: number,
): readonly T[] {
  if (entry.until === undefined) return [{ ...entry, until: now + retirementSeconds }];
  return entry.until > now ? [entry] : [];
}
