import {
  type PublishedKeysRecord,
  parsePublishedKeys,
  publishedKeysRecord,
} from '../../core/keys/published-keys-record.ts';
import type { KeyPublisher } from '../../core/ports/published-keys.ts';

/** The published key set in memory, kept as the record that a store would have. */
export function memoryKeyPublisher(): KeyPublisher {
  let stored: PublishedKeysRecord | undefined;
  return {
    read: async () => (stored === undefined ? undefined : parsePublishedKeys(stored)),
    write: async (set, revisionRead) => {
      const isExpected =
        stored?.revision === revisionRead && (stored?.generation ?? 0) <= set.generation;
      if (isExpected) stored = publishedKeysRecord(set);
      return isExpected;
    },
  };
}
