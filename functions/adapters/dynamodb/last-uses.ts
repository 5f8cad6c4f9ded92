import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { LastUses } from '../../core/ports/last-use.ts';

/** DynamoDB reads no more items at once. */
const batchMax = 100;

/** What it leaves over because it is busy is asked for again, so many times. */
const roundsMax = 5;

const prefix = 'SEEN#';

/** When credentials were last used, for operators: in batches, and not strongly consistent, since nothing is decided by it. */
export function dynamoLastUses(dynamo: DynamoDBClient, table: string): LastUses {
  return {
    async read(credentialIds) {
      const hours = new Map<string, number>();
      const ids = [...new Set(credentialIds)];
      for (let from = 0; from < ids.length; from += batchMax) {
        for (const item of await batch(ids.slice(from, from + batchMax))) {
          const at = Number(item.at?.N ?? Number.NaN);
          if (!Number.isSafeInteger(at)) throw new Error('a last use without an hour');
          hours.set((item.pk?.S ?? '').slice(prefix.length), at);
        }
      }
      return hours;
    },
  };

  async function batch(ids: readonly string[]): Promise<readonly Record<string, AttributeValue>[]> {
    let wanted = ids.map((id): Record<string, AttributeValue> => ({ pk: { S: `${prefix}${id}` } }));
    const items: Record<string, AttributeValue>[] = [];
    for (let round = 0; wanted.length > 0; round += 1) {
      if (round === roundsMax) throw new Error('DynamoDB is too busy for a batch');
      const answer = await dynamo.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: wanted } } }),
      );
      items.push(...(answer.Responses?.[table] ?? []));
      wanted = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }
    return items;
  }
}
