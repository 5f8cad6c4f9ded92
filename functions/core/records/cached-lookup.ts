import { keepLast } from '../keep-last.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lookup } from '../ports/lookup.ts';

export interface CachedLookupOptions {
  readonly ttlSeconds: number;
  readonly clock: Clock;
  /** Of known and of unknown records each. @default 1000 */
  readonly entriesMax?: number;
}

interface Entry<T> {
  readonly record: T | undefined;
  readonly readAt: number;
}

/**
 * Records from memory for `ttlSeconds`. That one is unknown is remembered for as long: otherwise the time of an answer
 * would tell a known client with a wrong secret from an unknown one. The two live apart, so that made-up ids push no real
 * record out. A store that fails is passed on: an entry is never used beyond its time.
 */
export function cachedLookup<T>(lookup: Lookup<T>, options: CachedLookupOptions): Lookup<T> {
  const { clock, ttlSeconds, entriesMax = 1_000 } = options;
  const known = new Map<string, Entry<T>>();
  const unknown = new Map<string, Entry<T>>();
  const underWay = new Map<string, Promise<T | undefined>>();

  return {
    async find(id, isFresh = false) {
      const now = clock.now();
      if (isFresh) return look(id, now);
      const entry = known.get(id) ?? unknown.get(id);
      if (entry !== undefined && now >= entry.readAt && now - entry.readAt < ttlSeconds) {
        keep(id, entry);
        return entry.record;
      }
      let read = underWay.get(id);
      if (read === undefined) {
        read = look(id, now).finally(() => underWay.delete(id));
        underWay.set(id, read);
      }
      return read;
    },
  };

  async function look(id: string, now: number): Promise<T | undefined> {
    const record = await lookup.find(id);
    known.delete(id);
    unknown.delete(id);
    if (ttlSeconds > 0) keep(id, { record, readAt: now });
    return record;
  }

  function keep(id: string, entry: Entry<T>): void {
    keepLast(entry.record === undefined ? unknown : known, id, entry, entriesMax);
  }
}
