/** A cryptographically strong source of randomness. */
export interface Randomness {
  bytes(count: number): Uint8Array;
}
