import { unknownKidCooldownSeconds } from '../durations.ts';
import { keepLast } from '../keep-last.ts';
import type { ImportedKey } from '../tokens/signature.ts';
import { Unavailable } from '../unavailable.ts';

/** A key that an issuer publishes. */
export interface KnownKey extends ImportedKey {
  /** Epoch seconds at which signing with it ended, where that is known. */
  readonly retiredAt?: number;
}

/** The keys of one issuer. */
export interface IssuerKeys {
  /** The key of that id, `undefined` when the issuer does not publish it. Throws `Unavailable` when that cannot be told. */
  find(kid: string, now: number): Promise<KnownKey | undefined>;
}

/** Keys from memory that can be told of a change. */
export interface CachedIssuerKeys extends IssuerKeys {
  /** The set has changed: the next one who asks has it read. It is still used while that fails. */
  forget(): void;
}

export interface FetchedKeys {
  readonly keys: readonly KnownKey[];
  /** How long they are used without looking again. */
  readonly freshSeconds: number;
}

export interface IssuerKeysOptions {
  /** Throws when the set cannot be read. */
  readonly fetch: (now: number) => Promise<FetchedKeys>;
  /** How long a set is used that cannot be read again. */
  readonly holdSeconds: number;
  /** Reads for an unknown `kid` are at least this far apart, whatever callers make up. */
  readonly unknownKidReadSeconds: number;
}

/** After a read that failed, the next one waits this long. Without any set at all it waits a second. */
const retrySeconds = 5;
const unknownKidsMax = 256;

/**
 * An issuer's keys from memory. The age of the set counts for known keys too, so that a withdrawn key dies. An unknown
 * `kid` causes a read, then none for a while, and is remembered; callers that come while a read is under way wait for it.
 */
export function issuerKeys(options: IssuerKeysOptions): CachedIssuerKeys {
  let set:
    | {
        readonly keys: ReadonlyMap<string, KnownKey>;
        readonly readAt: number;
        readonly freshUntil: number;
      }
    | undefined;
  let failedAt: number | undefined;
  let underWay: Promise<boolean> | undefined;
  let unknownKidReadAt: number | undefined;
  let changes = 0;
  const unknown = new Map<string, number>();

  return {
    async find(kid, now) {
      const isStale = set === undefined || now >= set.freshUntil || now < set.readAt;
      const isNew = isStale && (await read(now));
      if (set === undefined || now - set.readAt >= options.holdSeconds) {
        throw new Unavailable('the key set');
      }
      if (!set.keys.has(kid) && underWay !== undefined) await underWay;
      const key = set.keys.get(kid);
      if (key !== undefined) return key;
      if ((unknown.get(kid) ?? 0) > now) return undefined;
      // Nobody knows whether it exists while the set cannot be read: that is not a no, however many have asked.
      if (!isNew && failedAt === undefined && !mayRead(now)) return undefined;
      if (!isNew && !(await read(now))) throw new Unavailable('the key set');
      const found = set.keys.get(kid);
      if (found === undefined) remember(kid, now);
      return found;
    },

    forget() {
      changes += 1;
      underWay = undefined;
      unknownKidReadAt = undefined;
      unknown.clear();
      if (set !== undefined) set = { ...set, freshUntil: 0 };
    },
  };

  /** @returns whether the set is now as new as this request */
  function read(now: number): Promise<boolean> {
    const waitSeconds = set === undefined ? 1 : retrySeconds;
    if (failedAt !== undefined && now >= failedAt && now - failedAt < waitSeconds) {
      return Promise.resolve(false);
    }
    if (underWay === undefined) {
      const begun = refresh(now).finally(() => {
        if (underWay === begun) underWay = undefined;
      });
      underWay = begun;
    }
    return underWay;
  }

  async function refresh(now: number): Promise<boolean> {
    const before = changes;
    try {
      const { keys, freshSeconds } = await options.fetch(now);
      set = {
        keys: new Map(keys.map((key) => [key.kid, key])),
        readAt: now,
        // What was read while it changed may be what it was.
        freshUntil: before === changes ? now + freshSeconds : 0,
      };
      failedAt = undefined;
      return true;
    } catch {
      failedAt = now;
      return false;
    }
  }

  function mayRead(now: number): boolean {
    const last = unknownKidReadAt;
    if (last !== undefined && now >= last && now - last < options.unknownKidReadSeconds)
      return false;
    unknownKidReadAt = now;
    return true;
  }

  function remember(kid: string, now: number): void {
    keepLast(unknown, kid, now + unknownKidCooldownSeconds, unknownKidsMax);
  }
}
