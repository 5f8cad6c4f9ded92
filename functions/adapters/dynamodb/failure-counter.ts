import type { FailureCounter, Failures } from '../../core/ports/failure-counter.ts';
import type { DynamoReader } from './reader.ts';
import type { DynamoWriter, ItemUpdate } from './writer.ts';

const names = { '#count': 'count', '#lastAt': 'lastAt', '#ttl': 'ttl' };

/**
 * Counts of failures in the Counters table: one item each, `LIM#<id>`. A call that is repeated because its answer was lost
 * may count twice; none is lost. A `replace` that is repeated finds what it has put there itself, and is told no.
 */
export function dynamoFailureCounter(
  { reader, writer }: { readonly reader: DynamoReader; readonly writer: DynamoWriter },
  table: string,
): FailureCounter {
  return {
    read: (ids, now) =>
      Promise.all(
        ids.map(async (id) => failuresIn(await reader.getItem(table, { pk: keyOf(id) }), now)),
      ),

    async add(id, now, keepSeconds) {
      const key = { pk: keyOf(id) };
      const values = { ':one': 1, ':now': now, ':ttl': now + keepSeconds };
      const more: ItemUpdate = {
        key,
        update: 'SET #lastAt = :now, #ttl = :ttl ADD #count :one',
        condition: 'attribute_not_exists(#ttl) OR #ttl > :now',
        names,
        values,
      };
      // What is past its time may not have been swept yet.
      const anew: ItemUpdate = {
        key,
        update: 'SET #lastAt = :now, #ttl = :ttl, #count = :one',
        condition: '#ttl <= :now',
        names,
        values,
      };
      // The second fails where another failure began the count anew, and then there is one to add to.
      for (const update of [more, anew, more]) {
        if ((await writer.updateItem(table, update)).ok) return;
      }
      throw new Error('a count of failures that is both living and past its time');
    },

    async replace(id, seen, { count, lastAt }, keepSeconds) {
      const replaced = await writer.updateItem(table, {
        key: { pk: keyOf(id) },
        update: 'SET #count = :count, #lastAt = :lastAt, #ttl = :ttl',
        condition: '#count = :seenCount AND #lastAt = :seenAt',
        names,
        values: {
          ...{ ':count': count, ':lastAt': lastAt, ':ttl': lastAt + keepSeconds },
          ...{ ':seenCount': seen.count, ':seenAt': seen.lastAt },
        },
      });
      return replaced.ok;
    },
  };
}

function keyOf(id: string): string {
  return `LIM#${id}`;
}

function failuresIn(
  item: Readonly<Record<string, unknown>> | undefined,
  now: number,
): Failures | undefined {
  if (item === undefined) return undefined;
  const { count, lastAt, ttl } = item;
  if (typeof count !== 'number' || typeof lastAt !== 'number' || typeof ttl !== 'number') {
    throw new Error('a broken count of failures');
  }
  return now < ttl ? { count, lastAt } : undefined;
}
