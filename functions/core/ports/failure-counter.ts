/** Failures under one id: how many, and when the last one was. */
export interface Failures {
  readonly count: number;
  /** Epoch seconds. */
  readonly lastAt: number;
}

/**
 * Counts failures, and nothing else: what succeeds is never written. Losing all counts loses no truth.
 *
 * `add` is atomic among all callers of one table: no failure is lost. A count that is past its time does not count, swept
 * or not. Both throw when the store cannot answer.
 */
export interface FailureCounter {
  /** The failures under each id, in the order of the ids; `undefined` where there are none that still count. */
  read(ids: readonly string[], now: number): Promise<readonly (Failures | undefined)[]>;
  /** @param keepSeconds after its last failure a count is forgotten */
  add(id: string, now: number, keepSeconds: number): Promise<void>;
}
