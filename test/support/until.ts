/**
 * Looks again and again until what is seen will do, for so long at most. Answers the last that was seen, good or not: the
 * caller says what it expects of it.
 */
export async function until<T>(
  look: () => Promise<T>,
  willDo: (seen: T) => boolean,
  { timeoutSeconds = 10, everyMilliseconds = 200 }: Patience = {},
): Promise<T> {
  const endMilliseconds = performance.now() + timeoutSeconds * 1_000;
  for (;;) {
    const isLast = performance.now() >= endMilliseconds;
    const seen = await look();
    if (isLast || willDo(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, everyMilliseconds));
  }
}

interface Patience {
  readonly timeoutSeconds?: number;
  readonly everyMilliseconds?: number;
}
