/** Failures under one id: how many, and when the last one was. */
export interface Failures {
  readonly count: number;
  /** Epoch seconds. */
  readonly lastAt: number;
}

/**
 * Counts failures. Losing all counts loses no truth. A count that is past its time does not count, swept or not.
 *
 * `add` is atomic among all callers of one table: no failure is lost. So is `replace`: of all who replace the same failures
 * one at most is told that it did, and none whose answer was lost. All of them throw when the store cannot answer.
 */
export interface FailureCounter {
  /** The failures under each id, in the order of the ids; `undefined` where there are none that still count. */
  read(ids: readonly string[], now: number): Promise<readonly (Failures | undefined)[]>;
  /** @param keepSeconds after its last failure a count is forgotten */
  add(id: string, now: number, keepSeconds: number): Promise<void>;
  /**
   * Puts other failures where there are still those that were read; is that done? `false`: somebody was there before.
   *
   * @param keepSeconds after the last of the next failures they are forgotten
   */
  replace(id: string, seen: Failures, next: Failures, keepSeconds: number): Promise<boolean>;
}
