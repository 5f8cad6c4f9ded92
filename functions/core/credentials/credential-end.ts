export interface Ending {
  /** Epoch seconds from which on the credential is refused of itself. Absent: it does not expire. */
  readonly expiresAt?: number;
  /** Epoch seconds from which on it is refused because another one has taken its place. */
  readonly graceUntil?: number;
}

/** Epoch seconds from which on a credential is refused, because it expires or because its grace is over; absent: never. */
export function endOfCredential({ expiresAt, graceUntil }: Ending): number | undefined {
  if (expiresAt === undefined) return graceUntil;
  return graceUntil === undefined ? expiresAt : Math.min(expiresAt, graceUntil);
}
