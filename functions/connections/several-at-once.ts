/** Does something for each of many, so many at a time. Rejects with the first that fails; nothing further begins then. */
export async function severalAtOnce<T>(
  items: readonly T[],
  atOnce: number,
  each: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const workers = Array.from({ length: atOnce }, async () => {
    for (const item of left) await each(item);
  });
  await Promise.all(workers);
}
