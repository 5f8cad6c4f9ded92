import { fromItem, toItem } from './attributes.ts';
import { type DynamoCallOptions, dynamoCall } from './call.ts';

/** Reads items of DynamoDB, strongly consistent. */
export interface DynamoReader {
  /** The item, or `undefined`. Throws `DynamoUnavailable` when there is no answer within the deadline. */
  getItem(
    table: string,
    key: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, unknown>> | undefined>;
}

export function dynamoReader(options: DynamoCallOptions): DynamoReader {
  const call = dynamoCall(options);

  return {
    async getItem(table, key) {
      const answer = await call('GetItem', {
        TableName: table,
        Key: toItem(key),
        ConsistentRead: true,
      });
      return answer?.Item === undefined ? undefined : fromItem(answer.Item);
    },
  };
}
