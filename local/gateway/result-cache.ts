/** Answers of one authorizer, replayed for everybody who presents the same identity. */
export interface ResultCache<T> {
  /** `undefined` when nothing is held, or no longer. */
  get(identity: readonly string[]): T | undefined;
  set(identity: readonly string[], value: T): void;
  clear(): void;
}

/** A local run forgets the oldest answers beyond this. */
const entriesMax = 10_000;

/** @param ttlSeconds 0 holds nothing */
export function resultCache<T>(ttlSeconds: number, nowMilliseconds: () => number): ResultCache<T> {
  const entries = new Map<string, { readonly value: T; readonly untilMilliseconds: number }>();
  // Written as JSON, so that no value can pretend to be two.
  const keyOf = (identity: readonly string[]): string => JSON.stringify(identity);
  return {
    get(identity) {
      const key = keyOf(identity);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.untilMilliseconds > nowMilliseconds()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(identity, value) {
      if (ttlSeconds <= 0) return;
      const key = keyOf(identity);
      entries.delete(key);
      entries.set(key, { value, untilMilliseconds: nowMilliseconds() + ttlSeconds * 1_000 });
      const [oldest] = entries.keys();
      if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest);
    },
    clear: () => entries.clear(),
  };
}
