/** Puts an entry last in line. Where there are more than `entriesMax` then, the one that stands first leaves. */
export function keepLast<K, V>(entries: Map<K, V>, key: K, value: V, entriesMax: number): void {
  entries.delete(key);
  entries.set(key, value);
  if (entries.size <= entriesMax) return;
  for (const first of entries.keys()) {
    entries.delete(first);
    return;
  }
}
