import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { Registry } from '../../core/ports/registry.ts';
import { type RecordKind, recordInItem, recordKey } from '../../core/records/record-kind.ts';
import { fromItem, type Item, toItem } from './attributes.ts';

/**
 * Records of one kind in the Clients table. The SDK repeats a call whose answer was lost, and the repetition of a write
 * that won looks like a loss; so each write leaves an id that nobody else could have written, and a failed condition is
 * followed by a consistent read that looks for it.
 */
export function dynamoRegistry<T>(
  dynamo: DynamoDBClient,
  table: string,
  kind: RecordKind<T>,
): Registry<T> {
  return {
    async read(id) {
      const item = await get(id);
      if (item === undefined) return undefined;
      const { revision } = item;
      if (!Number.isSafeInteger(revision)) {
        throw new Error(`a ${kind.name} record without a revision`);
      }
      return { record: recordInItem(kind, item), revision: Number(revision) };
    },

    create: (record) => put(record, 1, 'attribute_not_exists(pk)'),

    replace: (record, revision) =>
      put(record, revision + 1, 'revision = :revision', { ':revision': { N: String(revision) } }),

    async remove(id) {
      const answer = await dynamo.send(
        new DeleteItemCommand({
          TableName: table,
          Key: { pk: { S: recordKey(kind, id) } },
          ReturnValues: 'ALL_OLD',
        }),
      );
      return answer.Attributes !== undefined;
    },

    async list() {
      const records: T[] = [];
      const pages = paginateScan(
        { client: dynamo },
        {
          TableName: table,
          ConsistentRead: true,
          FilterExpression: 'begins_with(pk, :prefix)',
          ExpressionAttributeValues: { ':prefix': { S: kind.prefix } },
        },
      );
      for await (const page of pages) {
        for (const item of page.Items ?? []) records.push(recordInItem(kind, fromItem(item)));
      }
      return records.sort((a, b) => (kind.idOf(a) < kind.idOf(b) ? -1 : 1));
    },
  };

  async function get(id: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const answer = await dynamo.send(
      new GetItemCommand({
        TableName: table,
        Key: { pk: { S: recordKey(kind, id) } },
        ConsistentRead: true,
      }),
    );
    return answer.Item === undefined ? undefined : fromItem(answer.Item);
  }

  async function put(
    record: T,
    revision: number,
    condition: string,
    values?: Record<string, AttributeValue>,
  ): Promise<boolean> {
    const id = kind.idOf(record);
    const writeId = randomUUID();
    const item: Item = toItem({
      ...record,
      pk: recordKey(kind, id),
      v: kind.schema,
      revision,
      writeId,
    });
    try {
      await dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: item as Record<string, AttributeValue>,
          ConditionExpression: condition,
          ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
        }),
      );
      return true;
    } catch (cause) {
      if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
      return (await get(id))?.writeId === writeId;
    }
  }
}
