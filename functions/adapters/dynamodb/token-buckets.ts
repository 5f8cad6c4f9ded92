import { hash } from 'node:crypto';
import type { TokenBuckets } from '../../core/ports/token-buckets.ts';
import { cellsOf, microsPerSecond } from '../../core/routes/bucket-rate.ts';
import type { DynamoWriter, ItemUpdate } from './writer.ts';

/** Beyond the time at which a bucket is full and its item says nothing: the clocks of environments differ. */
const slackSeconds = 60;

/**
 * Token buckets in the Counters table: one item each, `LIM#rate#<SHA-256 of the id>`, with the instant in microseconds at
 * which the bucket is full (`tat`, the theoretical arrival time). Nothing is read. A write that is repeated because its
 * answer was lost may take tokens twice; none are given twice.
 */
export function dynamoTokenBuckets(writer: DynamoWriter, table: string): TokenBuckets {
  return {
    async lease(id, want, rate, now) {
      const { perToken, perBucket } = cellsOf(rate);
      const start = now * microsPerSecond;
      const key = { pk: `LIM#rate#${hash('sha256', id, 'hex')}` };
      const ttl = now + Math.ceil(perBucket / microsPerSecond) + slackSeconds;

      const most = want * perToken <= perBucket ? want : 1;
      // The instant only ever grows: once it lies after `now` it does so for good, and the first write needs no second try.
      if (await took(fromFull(most))) return most;
      if (await took(fromRest(most))) return most;
      return most > 1 && (await took(fromRest(1))) ? 1 : 0;

      async function took(update: ItemUpdate): Promise<boolean> {
        return (await writer.updateItem(table, update)).ok;
      }

      function fromFull(tokens: number): ItemUpdate {
        return {
          key,
          update: 'SET tat = :next, #ttl = :ttl',
          condition: 'attribute_not_exists(tat) OR tat <= :start',
          names: { '#ttl': 'ttl' },
          values: { ':start': start, ':next': start + tokens * perToken, ':ttl': ttl },
        };
      }

      function fromRest(tokens: number): ItemUpdate {
        const cost = tokens * perToken;
        return {
          key,
          update: 'SET tat = tat + :cost, #ttl = :ttl',
          condition: 'tat > :start AND tat <= :latest',
          names: { '#ttl': 'ttl' },
          values: {
            ':cost': cost,
            ':start': start,
            ':latest': start + perBucket - cost,
            ':ttl': ttl,
          },
        };
      }
    },
  };
}
