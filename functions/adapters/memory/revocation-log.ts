import type { RevocationLog, RevocationWriter } from '../../core/ports/revocation-log.ts';
import { bucketsOf, type LoggedEntry, placeOf } from '../../core/revocation/log-entry.ts';
import { anotherTurn } from './another-turn.ts';

/** The revocation log in memory. */
export function memoryRevocationLog(): RevocationLog & RevocationWriter {
  const entries = new Map<string, LoggedEntry>();
  return {
    async append(entry) {
      await anotherTurn();
      entries.set(placeOf(entry.at, entry.serial), structuredClone(entry));
    },
    async read(from, to) {
      await anotherTurn();
      const buckets = new Set(bucketsOf(from, to));
      const isWithin = ({ at }: LoggedEntry) =>
        at >= from && bucketsOf(at, at).every((bucket) => buckets.has(bucket));
      return structuredClone([...entries.values()].filter(isWithin));
    },
  };
}
