import { failureCountSeconds } from '../../core/durations.ts';
import type { FailureCounter, Failures } from '../../core/ports/failure-counter.ts';
import { available } from '../../core/unavailable.ts';

/** So many ids are remembered as owed; beyond that the oldest debt is forgotten. */
const owedMax = 1_000;

/**
 * Failures as locks need them: none is lost. One that could not be written is owed, and nothing is read under its id in this
 * environment before it is; an outage of the table, or somebody who has its writes throttled, buys one guess and no more.
 * Everything throws `Unavailable` when the table cannot answer: who cannot count must not verify either.
 */
export interface FailureLedger {
  /** In the order of the ids. */
  read(ids: readonly string[], now: number): Promise<readonly (Failures | undefined)[]>;
  add(ids: readonly string[], now: number): Promise<void>;
  /** Puts other failures where there are still those that were read; `false`: somebody was there before. */
  replace(id: string, seen: Failures, next: Failures): Promise<boolean>;
}

export function failureLedger(failures: FailureCounter): FailureLedger {
  const owed = new Set<string>();
  const table = 'the Counters table';

  return {
    read: (ids, now) =>
      available(table, async () => {
        await countAll(
          ids.filter((id) => owed.has(id)),
          now,
        );
        return failures.read(ids, now);
      }),
    add: (ids, now) => available(table, () => countAll(ids, now)),
    replace: (id, seen, next) =>
      available(table, () => failures.replace(id, seen, next, failureCountSeconds)),
  };

  async function countAll(ids: readonly string[], now: number): Promise<void> {
    await Promise.all(ids.map((id) => count(id, now)));
  }

  async function count(id: string, now: number): Promise<void> {
    try {
      await failures.add(id, now, failureCountSeconds);
      owed.delete(id);
    } catch (cause) {
      owed.add(id);
      const [oldest] = owed;
      if (owed.size > owedMax && oldest !== undefined) owed.delete(oldest);
      throw cause;
    }
  }
}
