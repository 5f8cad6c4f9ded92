/** The time. Read once per request, before any state is read, and passed down. */
export interface Clock {
  /** Whole seconds since the epoch. */
  now(): number;
}
