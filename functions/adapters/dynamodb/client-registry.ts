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
import type { Client } from '../../core/client.ts';
import { clientSchema } from '../../core/parse-client.ts';
import type { ClientRegistry } from '../../core/ports/client-registry.ts';
import { fromItem, type Item, toItem } from './attributes.ts';
import { clientInItem, clientKey } from './clients.ts';

/**
 * Clients in the Clients table. The SDK repeats a call whose answer was lost, and the repetition of a write that won
 * looks like a loss; so each write leaves an id that nobody else could have written, and a failed condition is followed
 * by a consistent read that looks for it.
 */
export function dynamoClientRegistry(dynamo: DynamoDBClient, table: string): ClientRegistry {
  return {
    async read(clientId) {
      const record = await get(clientId);
      if (record === undefined) return undefined;
      const { revision } = record;
      if (!Number.isSafeInteger(revision)) throw new Error('a client record without a revision');
      return { client: clientInItem(record), revision: Number(revision) };
    },

    create: (client) => put(client, 1, 'attribute_not_exists(pk)'),

    replace: (client, revision) =>
      put(client, revision + 1, 'revision = :revision', { ':revision': { N: String(revision) } }),

    async remove(clientId) {
      const answer = await dynamo.send(
        new DeleteItemCommand({
          TableName: table,
          Key: { pk: { S: clientKey(clientId) } },
          ReturnValues: 'ALL_OLD',
        }),
      );
      return answer.Attributes !== undefined;
    },

    async list() {
      const clients: Client[] = [];
      const pages = paginateScan(
        { client: dynamo },
        {
          TableName: table,
          ConsistentRead: true,
          FilterExpression: 'begins_with(pk, :prefix)',
          ExpressionAttributeValues: { ':prefix': { S: clientKey('') } },
        },
      );
      for await (const page of pages) {
        for (const item of page.Items ?? []) clients.push(clientInItem(fromItem(item)));
      }
      return clients.sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
    },
  };

  async function get(clientId: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const answer = await dynamo.send(
      new GetItemCommand({
        TableName: table,
        Key: { pk: { S: clientKey(clientId) } },
        ConsistentRead: true,
      }),
    );
    return answer.Item === undefined ? undefined : fromItem(answer.Item);
  }

  async function put(
    client: Client,
    revision: number,
    condition: string,
    values?: Record<string, AttributeValue>,
  ): Promise<boolean> {
    const writeId = randomUUID();
    const item: Item = toItem({
      ...client,
      pk: clientKey(client.clientId),
      v: clientSchema,
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
      return (await get(client.clientId))?.writeId === writeId;
    }
  }
}
