/** Entries of which those are kept that were used lately. */
export interface Recent<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
}

interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
}

/**
 * Holds what was used among the last `keptMin` different keys, and at most twice as many. In two generations: when the young
 * one is full, the old one goes as a whole. Putting an entry last in a map at each use would cost as much as hashing a token.
 */
export function recent<K, V>(keptMin: number): Recent<K, V> {
  let young = new Map<K, Entry<K, V>>();
  let old = new Map<K, Entry<K, V>>();

  return {
    get(key) {
      const held = young.get(key);
      if (held !== undefined) return held.value;
      const aged = old.get(key);
      // Under the key that it was set with: that of a look-up may be a part of something large, which would stay with it.
      if (aged !== undefined) put(aged);
      return aged?.value;
    },
    set: (key, value) => put({ key, value }),
    delete(key) {
      young.delete(key);
      old.delete(key);
    },
  };

  function put(entry: Entry<K, V>): void {
    if (young.size >= keptMin && !young.has(entry.key)) {
      old = young;
      young = new Map();
    }
    young.set(entry.key, entry);
  }
}
