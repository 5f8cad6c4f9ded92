import type { FailureCounter, Failures } from '../../core/ports/failure-counter.ts';
import { anotherTurn } from './another-turn.ts';

/** Counts of failures in memory. */
export function memoryFailureCounter(): FailureCounter {
  const counts = new Map<string, Failures & { readonly until: number }>();
  const living = (id: string, now: number) => {
    const found = counts.get(id);
    return found !== undefined && now < found.until ? found : undefined;
  };
  return {
    async read(ids, now) {
      await anotherTurn();
      return ids.map((id) => {
        const found = living(id, now);
        return found && { count: found.count, lastAt: found.lastAt };
      });
    },
    async add(id, now, keepSeconds) {
      await anotherTurn();
      const count = (living(id, now)?.count ?? 0) + 1;
      counts.set(id, { count, lastAt: now, until: now + keepSeconds });
    },
    async replace(id, seen, { count, lastAt }, keepSeconds) {
      await anotherTurn();
      const found = counts.get(id);
      if (found?.count !== seen.count || found.lastAt !== seen.lastAt) return false;
      counts.set(id, { count, lastAt, until: lastAt + keepSeconds });
      return true;
    },
  };
}
