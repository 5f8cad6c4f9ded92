import type { PublishedKeys } from '../../core/ports/published-keys.ts';
import { parsePublishedKeys } from '../../core/published-keys-record.ts';
import type { DynamoReader } from './reader.ts';

/** The published key set, as rotation has written it: item `JWKS` / `CURRENT` of the Verification table. */
export function dynamoPublishedKeys(reader: DynamoReader, table: string): PublishedKeys {
  return {
    async read() {
      const record = await reader.getItem(table, { pk: 'JWKS', sk: 'CURRENT' });
      if (record === undefined) return undefined;
      return parsePublishedKeys({
        v: Number(record.v),
        generation: Number(record.generation),
        revision: Number(record.revision),
        doc: String(record.doc),
      });
    },
  };
}
