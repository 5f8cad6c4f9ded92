/** Those of the known names that were asked for, or all. An unknown name ends the process with one line that says so. */
export function named(
  what: string,
  asked: readonly string[],
  known: readonly string[],
): readonly string[] {
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`no ${what}: ${unknown.join(', ')}; there are ${known.join(', ')}\n`);
    process.exit(2);
  }
  return asked.length > 0 ? asked : known;
}
