import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { RotationIntents } from '../../core/ports/rotation-intents.ts';

const key = { pk: { S: 'JWKS' }, sk: { S: 'INTENT' } };

/** The intent of an operator as one item of the Verification table: `JWKS` / `INTENT`. */
export function dynamoRotationIntents(client: DynamoDBClient, table: string): RotationIntents {
  return {
    async read() {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
      );
      if (item === undefined) return undefined;
      const mode = item.mode?.S;
      const by = item.by?.S;
      const at = Number(item.at?.N ?? Number.NaN);
      // A newer schema, or somebody's hand: it asks for nothing that this code can do.
      if (item.v?.N !== '1' || mode !== 'waive-lead' || by === undefined || Number.isNaN(at)) {
        return undefined;
      }
      return { mode, by, at };
    },

    async write({ mode, by, at }) {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            ...key,
            v: { N: '1' },
            mode: { S: mode },
            by: { S: by },
            at: { N: String(at) },
          },
        }),
      );
    },

    async clear() {
      await client.send(new DeleteItemCommand({ TableName: table, Key: key }));
    },
  };
}
