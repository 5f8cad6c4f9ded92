import { fromItem, type Item, toItem } from './attributes.ts';
import { type DynamoCallOptions, DynamoUnavailable, dynamoCall } from './call.ts';

/**
 * The items of one partition (`pk`) from a place (`sk`) on, strongly consistent. Each page has a deadline of its own; throws
 * `DynamoUnavailable` when one of them is not answered: a part of what is there is no answer.
 *
 * @param members of the items that are answered; what is not named does not travel
 * @param read makes of an item what is wanted of it, so that no page lies in memory for longer than it takes
 */
export type DynamoQuery = <T>(
  table: string,
  pk: string,
  from: string,
  members: readonly string[],
  read: (item: Readonly<Record<string, unknown>>) => T,
) => Promise<readonly T[]>;

/** The largest page is 1 MB; who has more to read than this is not read to the end. */
const pagesMax = 1_000;

export function dynamoQuery(options: DynamoCallOptions): DynamoQuery {
  const call = dynamoCall(options);

  return async <T>(
    table: string,
    pk: string,
    from: string,
    members: readonly string[],
    read: (item: Readonly<Record<string, unknown>>) => T,
  ) => {
    const items: T[] = [];
    // Any member may have the name of a word that DynamoDB keeps for itself.
    const names = Object.fromEntries(members.map((name) => [`#${name}`, name]));
    let start: Item | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const answer = await call('Query', {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk >= :from',
        ExpressionAttributeValues: toItem({ ':pk': pk, ':from': from }),
        ProjectionExpression: Object.keys(names).join(', '),
        ExpressionAttributeNames: names,
        ConsistentRead: true,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      for (const item of answer?.Items ?? []) items.push(read(fromItem(item)));
      start = answer?.LastEvaluatedKey;
      if (start === undefined) return items;
    }
    throw new DynamoUnavailable('too many pages');
  };
}
