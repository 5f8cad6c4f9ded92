/** The value, or `too-late` when it takes longer; what was begun goes on. */
export async function within<T>(
  milliseconds: number,
  promise: Promise<T>,
): Promise<T | 'too-late'> {
  const { promise: late, resolve } = Promise.withResolvers<'too-late'>();
  const timer = setTimeout(() => resolve('too-late'), milliseconds);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
