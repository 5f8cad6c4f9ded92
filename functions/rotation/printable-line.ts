/** One line of printable ASCII: it goes into the log as it is. */
export function isPrintableLine(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]{1,256}$/.test(value);
}
