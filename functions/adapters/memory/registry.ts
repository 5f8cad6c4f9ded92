import type { Lookup } from '../../core/ports/lookup.ts';
import type { Registered, Registry } from '../../core/ports/registry.ts';
import type { RecordKind } from '../../core/records/record-kind.ts';
import { anotherTurn } from './another-turn.ts';

/** Records in memory, with the same promises as a table: asynchronous, and nothing is shared with the caller. */
export function memoryRegistry<T>(
  { idOf }: RecordKind<T>,
  initial: readonly T[] = [],
): Registry<T> & Lookup<T> {
  const records = new Map<string, Registered<T>>(
    initial.map((record) => [idOf(record), structuredClone({ record, revision: 1 })]),
  );
  return {
    async find(id) {
      await anotherTurn();
      return structuredClone(records.get(id)?.record);
    },
    async read(id) {
      await anotherTurn();
      return structuredClone(records.get(id));
    },
    async create(record) {
      await anotherTurn();
      if (records.has(idOf(record))) return false;
      records.set(idOf(record), structuredClone({ record, revision: 1 }));
      return true;
    },
    async replace(record, revision) {
      await anotherTurn();
      if (records.get(idOf(record))?.revision !== revision) return false;
      records.set(idOf(record), structuredClone({ record, revision: revision + 1 }));
      return true;
    },
    async remove(id) {
      await anotherTurn();
      return records.delete(id);
    },
    async list() {
      await anotherTurn();
      return structuredClone([...records.values()])
        .map(({ record }) => record)
        .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    },
  };
}
