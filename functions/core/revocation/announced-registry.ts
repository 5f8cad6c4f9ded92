import type { Registry } from '../ports/registry.ts';
import { type RecordKind, recordMark } from '../records/record-kind.ts';
import type { RevocationRecorder } from './revocation-recorder.ts';

/**
 * A registry whose changes are announced in the log before they are made: whoever has the record in memory drops it, and
 * keeps none until the change must be over. That way round nothing is missed, whatever the writer dies of; an announcement
 * that no change follows costs a few reads. What cannot be announced is not written.
 */
export function announcedRegistry<T>(
  registry: Registry<T>,
  kind: RecordKind<T>,
  log: RevocationRecorder,
): Registry<T> {
  const announce = (id: string) => log.record({ kind: 'changed', id: recordMark(kind, id) });
  return {
    read: (id) => registry.read(id),
    list: () => registry.list(),
    async create(record) {
      await announce(kind.idOf(record));
      return registry.create(record);
    },
    async replace(record, revision) {
      await announce(kind.idOf(record));
      return registry.replace(record, revision);
    },
    async remove(id) {
      await announce(id);
      return registry.remove(id);
    },
  };
}
