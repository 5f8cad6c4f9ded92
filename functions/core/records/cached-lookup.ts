import type { Clock } from '../ports/clock.ts';
import type { Lookup } from '../ports/lookup.ts';
import { recent } from '../recent.ts';

export interface CachedLookupOptions {
  readonly ttlSeconds: number;
  readonly clock: Clock;
  /** What others call the record of an id when they say that it changes. */
  readonly markOf: (id: string) => string;
  /** How many are kept at least, of known and of unknown records each. @default 1000 */
  readonly keptMin?: number;
}

interface Entry<T> {
  readonly record: T | undefined;
  readonly readAt: number;
}

/** Records from memory that can be told of a change. */
export interface CachedLookup<T> extends Lookup<T> {
  /**
   * The record of that mark changes, if it has not yet: what is in memory of it is forgotten, and nothing is kept of it until
   * then. A read that is under way may still answer the old one to who began it, and to nobody else.
   *
   * @param until epoch seconds
   */
  forget(mark: string, until: number): void;
}

/**
 * Records from memory for `ttlSeconds`, or until somebody says that they change. That one is unknown is remembered for as
 * long: otherwise the time of an answer would tell a known client with a wrong secret from an unknown one. The two live
 * apart, so that made-up ids push no real record out. A store that fails is passed on: an entry is never used beyond its time.
 */
export function cachedLookup<T>(lookup: Lookup<T>, options: CachedLookupOptions): CachedLookup<T> {
  const { clock, ttlSeconds, markOf, keptMin = 1_000 } = options;
  // By mark, so that a change costs the same however much is in memory: there may be thousands of them in a poll.
  const known = recent<string, Entry<T>>(keptMin);
  const unknown = recent<string, Entry<T>>(keptMin);
  const underWay = new Map<string, Promise<T | undefined>>();
  /** Mark → until when no record of it is kept. */
  const changing = new Map<string, number>();
  let changes = 0;
  let sweptAt = 0;

  return {
    async find(id, isFresh = false) {
      const now = clock.now();
      const mark = markOf(id);
      if (isFresh) return look(id, mark, now);
      const entry = known.get(mark) ?? unknown.get(mark);
      if (entry !== undefined && now >= entry.readAt && now - entry.readAt < ttlSeconds) {
        return entry.record;
      }
      let read = underWay.get(mark);
      if (read === undefined) {
        const begun = look(id, mark, now).finally(() => {
          if (underWay.get(mark) === begun) underWay.delete(mark);
        });
        read = begun;
        underWay.set(mark, read);
      }
      return read;
    },

    forget(mark, until) {
      changes += 1;
      underWay.clear();
      known.delete(mark);
      unknown.delete(mark);
      const now = clock.now();
      if (now !== sweptAt) {
        for (const [other, end] of changing) if (end <= now) changing.delete(other);
        sweptAt = now;
      }
      if (until > now) changing.set(mark, Math.max(until, changing.get(mark) ?? 0));
    },
  };

  async function look(id: string, mark: string, now: number): Promise<T | undefined> {
    const before = changes;
    const record = await lookup.find(id);
    known.delete(mark);
    unknown.delete(mark);
    const isChanging = (changing.get(mark) ?? 0) > now;
    // What was read while something changed may be what it was.
    if (ttlSeconds > 0 && before === changes && !isChanging) {
      (record === undefined ? unknown : known).set(mark, { record, readAt: now });
    }
    return record;
  }
}
