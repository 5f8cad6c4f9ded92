import type { Lookup } from '../../core/ports/lookup.ts';
import { type RecordKind, recordInItem, recordKey } from '../../core/records/record-kind.ts';
import type { DynamoReader } from './reader.ts';

/** Records of one kind out of the Clients table, one consistent read each. */
export function dynamoLookup<T>(
  reader: DynamoReader,
  table: string,
  kind: RecordKind<T>,
): Lookup<T> {
  return {
    async find(id) {
      const item = await reader.getItem(table, { pk: recordKey(kind, id) });
      return item === undefined ? undefined : recordInItem(kind, item);
    },
  };
}
