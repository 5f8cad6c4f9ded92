import { lastUseKeepSeconds } from '../../core/durations.ts';
import { hourOf } from '../../core/hour.ts';
import type { LastUse } from '../../core/ports/last-use.ts';
import type { DynamoWriter } from './writer.ts';

/** When credentials were last used: `SEEN#<id>` of the Counters table, written once an hour by whoever is first. */
export function dynamoLastUse(writer: DynamoWriter, table: string): LastUse {
  return {
    async note(credentialId, now) {
      const hour = hourOf(now);
      // That the condition fails is as good: somebody has noted this hour.
      await writer.updateItem(table, {
        key: { pk: `SEEN#${credentialId}` },
        update: 'SET #at = :hour, #ttl = :ttl',
        condition: 'attribute_not_exists(#at) OR #at < :hour',
        names: { '#at': 'at', '#ttl': 'ttl' },
        values: { ':hour': hour, ':ttl': hour + lastUseKeepSeconds },
      });
    },
  };
}
