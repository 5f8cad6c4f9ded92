import { parsePublishedKeys } from '../../core/keys/published-keys-record.ts';
import type { PublishedKeys } from '../../core/ports/published-keys.ts';
import type { DynamoReader } from './reader.ts';

/** The published key set, as rotation has written it: item `JWKS` / `CURRENT` of the Verification table. */
export function dynamoPublishedKeys(reader: DynamoReader, table: string): PublishedKeys {
  return {
    async read() {
      const record = await reader.getItem(table, { pk: 'JWKS', sk: 'CURRENT' });
      if (record === undefined) return undefined;
      const { doc, revoked } = record;
      return parsePublishedKeys({
        v: numberOf(record.v),
        generation: numberOf(record.generation),
        revision: numberOf(record.revision),
        doc: typeof doc === 'string' ? doc : '',
        ...(revoked === undefined ? {} : { revoked: typeof revoked === 'string' ? revoked : '' }),
      });
    },
  };
}

/** NaN when it is no number: the parser refuses that. */
function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
