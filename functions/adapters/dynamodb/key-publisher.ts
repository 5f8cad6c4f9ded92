import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type PublishedKeysRecord,
  parsePublishedKeys,
  publishedKeysRecord,
} from '../../core/keys/published-keys-record.ts';
import type { KeyPublisher } from '../../core/ports/published-keys.ts';

const key = { pk: { S: 'JWKS' }, sk: { S: 'CURRENT' } };

/** The published key set as one item of the Verification table: `JWKS` / `CURRENT`. */
export function dynamoKeyPublisher(client: DynamoDBClient, table: string): KeyPublisher {
  async function stored(): Promise<PublishedKeysRecord | undefined> {
    const { Item: item } = await client.send(
      new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
    );
    if (item === undefined) return undefined;
    return {
      v: numberOf(item.v),
      generation: numberOf(item.generation),
      revision: numberOf(item.revision),
      doc: item.doc?.S ?? '',
      ...(item.revoked === undefined ? {} : { revoked: item.revoked.S ?? '' }),
    };
  }

  return {
    async read() {
      const record = await stored();
      return record === undefined ? undefined : parsePublishedKeys(record);
    },

    async write(set, revisionRead) {
      const record = publishedKeysRecord(set);
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...key,
              v: { N: String(record.v) },
              generation: { N: String(record.generation) },
              revision: { N: String(record.revision) },
              doc: { S: record.doc },
              ...(record.revoked === undefined ? {} : { revoked: { S: record.revoked } }),
            },
            ...(revisionRead === undefined
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'revision = :read AND generation <= :generation',
                  ExpressionAttributeValues: {
                    ':read': { N: String(revisionRead) },
                    ':generation': { N: String(record.generation) },
                  },
                }),
          }),
        );
        return true;
      } catch (cause) {
        if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
        // The SDK may have repeated a write whose answer was lost: then it is our own that stands in the way.
        const present = await stored();
        return present !== undefined && isSame(present, record);
      }
    },
  };
}

function isSame(left: PublishedKeysRecord, right: PublishedKeysRecord): boolean {
  return (
    left.v === right.v &&
    left.generation === right.generation &&
    left.revision === right.revision &&
    left.doc === right.doc &&
    left.revoked === right.revoked
  );
}

/** NaN when it is no number: the parser refuses that. */
function numberOf(attribute: AttributeValue | undefined): number {
  return Number(attribute?.N ?? Number.NaN);
}
