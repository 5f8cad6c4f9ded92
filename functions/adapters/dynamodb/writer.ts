import { err, ok, type Result } from '../../core/result.ts';
import { fromItem, toItem } from './attributes.ts';
import { type DynamoCallOptions, dynamoCall } from './call.ts';

/** A caller waits for what is counted, and is let in without it: it must be quick or not at all. Milliseconds. */
export const countDeadlineMs = 300;

/** One UpdateItem, in DynamoDB's words. The item is made where there is none yet. */
export interface ItemUpdate {
  readonly key: Readonly<Record<string, string>>;
  /** UpdateExpression: `SET #at = :at`. */
  readonly update: string;
  /** ConditionExpression. */
  readonly condition?: string;
  /** What stands for attributes: `{ '#at': 'at' }`. */
  readonly names?: Readonly<Record<string, string>>;
  /** What stands for values: `{ ':at': 7 }`. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Which attributes are answered. @default 'NONE' */
  readonly returnValues?: 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW';
}

/** The update that gives an item these members, whatever it had before. Those that are `undefined` are left alone. */
export function setMembers(key: ItemUpdate['key'], members: object): ItemUpdate {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return {
    key,
    update: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
    names: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
  };
}

/** Writes items of DynamoDB. */
export interface DynamoWriter {
  /**
   * Carries out one update, atomically, and answers the attributes that were asked for; `{}` where there are none. Throws
   * `DynamoUnavailable` when there is no answer within the deadline; the update may have been carried out then.
   *
   * A call whose answer was lost is repeated: an `ADD` may count twice, and a condition that the update itself makes false
   * may be answered `condition failed` although it was this very call that won.
   */
  updateItem(
    table: string,
    update: ItemUpdate,
  ): Promise<Result<Readonly<Record<string, unknown>>, 'condition failed'>>;
}

export function dynamoWriter(options: DynamoCallOptions): DynamoWriter {
  const call = dynamoCall(options);

  return {
    async updateItem(table, { key, update, condition, names, values, returnValues = 'NONE' }) {
      const answer = await call(
        'UpdateItem',
        {
          TableName: table,
          Key: toItem(key),
          UpdateExpression: update,
          ...(condition === undefined ? {} : { ConditionExpression: condition }),
          ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
          ...(values === undefined ? {} : { ExpressionAttributeValues: toItem(values) }),
          ReturnValues: returnValues,
        },
        'ConditionalCheckFailedException',
      );
      return answer === undefined ? err('condition failed') : ok(fromItem(answer.Attributes ?? {}));
    },
  };
}
