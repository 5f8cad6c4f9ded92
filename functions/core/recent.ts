/** Entries of which those are kept that were used lately. */
export interface Recent<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
}

/**
 * Holds what was used among the last `keptMin` different keys, and never twice as many. In two generations: when the young
 * one is full, the old one goes as a whole. Putting an entry last in a map at each use would cost as much as hashing a token.
 */
export function recent<K, V>(keptMin: number): Recent<K, V> {
  let young = new Map<K, V>();
  let old = new Map<K, V>();

  return {
    get(key) {
      const held = young.get(key);
      if (held !== undefined) return held;
      const aged = old.get(key);
      if (aged !== undefined) set(key, aged);
      return aged;
    },
    set,
    delete(key) {
      young.delete(key);
      old.delete(key);
    },
  };

  function set(key: K, value: V): void {
    if (young.size >= keptMin && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  }
}
