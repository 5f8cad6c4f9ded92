import type { Connection } from '../../core/connections/connection.ts';
import { readConnection } from '../../core/connections/read-connection.ts';
import type { OpenConnections } from '../../core/ports/connections.ts';
import { fromItem, type Item, toItem } from './attributes.ts';
import type { DynamoCallOptions } from './call.ts';
import { dynamoCall } from './call.ts';

/** A page is far below what one answer may hold, and is gone through in one look, even where every read fails slowly. */
const itemsPerPage = 250;

/** The connections of one stage in the Connections table, for whoever closes them. @param stage `<API id>/<stage>` */
export function dynamoOpenConnections(
  options: DynamoCallOptions,
  { table, stage, pageItems = itemsPerPage }: OpenConnectionsPlace,
): OpenConnections {
  const call = dynamoCall(options);
  const keyOf = (connectionId: string) => toItem({ pk: stage, sk: connectionId });

  return {
    async page(after) {
      const answer = await call('Query', {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: toItem({ ':pk': stage }),
        ConsistentRead: true,
        Limit: pageItems,
        ...(after === undefined ? {} : { ExclusiveStartKey: keyOf(after) }),
      });
      const items = answer?.Items ?? [];
      const connections = items.flatMap((item) => readable(item) ?? []);
      const next = answer?.LastEvaluatedKey?.sk;
      return {
        connections,
        unreadable: items.length - connections.length,
        ...(next !== undefined && 'S' in next ? { next: next.S } : {}),
      };
    },

    async forget(connectionId) {
      await call('DeleteItem', { TableName: table, Key: keyOf(connectionId) });
    },
  };
}

export interface OpenConnectionsPlace {
  readonly table: string;
  readonly stage: string;
  /** @default 250 */
  readonly pageItems?: number;
}

/** One that cannot be read must not hide the others. */
function readable(item: Item): Connection | undefined {
  try {
    return readConnection(fromItem(item));
  } catch {
    return undefined;
  }
}
