/** The hour that an instant is in, by its first second. */
export function hourOf(now: number): number {
  return now - (now % 3_600);
}
