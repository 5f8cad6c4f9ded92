/** Who asks for what, for the log of the rotation function: it takes one line of printable ASCII. */
export function askedBy(command: string): string {
  const user = (process.env.USER ?? 'unknown').replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
  return `keyward ${command} by ${user}`;
}
