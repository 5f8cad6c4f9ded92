import { AwsError } from '../aws/aws-error.ts';
import type { AwsCall, AwsService } from '../aws/aws-service.ts';
import { jsonReply } from '../aws/json-reply.ts';
import type { AccessRequest } from '../iam/policy.ts';
import type { Dynamo } from './dynamo.ts';
import { leadingKeyOf, leadingKeyOfQuery, type QueryInput } from './leading-keys.ts';
import { namedAttributes } from './named-attributes.ts';

interface DynamoInput extends QueryInput {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: unknown;
  readonly Item?: unknown;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

interface WriteRequest {
  readonly PutRequest?: { readonly Item: unknown };
  readonly DeleteRequest?: { readonly Key: unknown };
}

const onTable: ReadonlySet<string> = new Set([
  'CreateTable',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'Scan',
  'UpdateTable',
]);

/** DynamoDB behind the endpoint: what a call needs leave for, and dynalite for the rest. */
export function dynamoService(
  dynamo: Dynamo,
  where: { readonly region: string; readonly accountId: string },
): AwsService {
  const arnOf = (table: string): string =>
    table.startsWith('arn:')
      ? table
      : `arn:aws:dynamodb:${where.region}:${where.accountId}:table/${table}`;

  /** Leave to touch items of one table or index, with the partition keys of those items and the attributes that are named. */
  async function items(
    call: AwsCall,
    table: string,
    index: string | undefined,
    attributes: readonly string[],
    leadingKeys: (partitionKey: string) => readonly string[],
  ): Promise<AccessRequest> {
    const partitionKey = await dynamo.partitionKey(table, index);
    const keys = partitionKey === undefined ? [] : leadingKeys(partitionKey);
    return {
      action: `dynamodb:${call.operation}`,
      resource: index === undefined ? arnOf(table) : `${arnOf(table)}/index/${index}`,
      context: {
        ...(keys.length === 0 ? {} : { 'dynamodb:LeadingKeys': [...new Set(keys)] }),
        'dynamodb:Attributes': attributes,
      },
    };
  }

  return {
    prefix: 'dynamodb',
    async neededAccess(call) {
      const input = call.input as DynamoInput;
      const table = String(input.TableName ?? '');
      const { operation } = call;
      const named = namedAttributes(call.input);
      switch (operation) {
        case 'GetItem':
        case 'UpdateItem':
        case 'DeleteItem':
          return [
            await items(call, table, undefined, named, (key) => leadingKeyOf(input.Key, key)),
          ];
        case 'PutItem':
          return [
            await items(call, table, undefined, named, (key) => leadingKeyOf(input.Item, key)),
          ];
        case 'Query': {
          const keys = (key: string): readonly string[] => leadingKeyOfQuery(input, key);
          return [await items(call, table, input.IndexName, named, keys)];
        }
        case 'BatchGetItem':
        case 'BatchWriteItem':
          return Promise.all(
            Object.entries(input.RequestItems ?? {}).map(([name, wanted]) =>
              items(call, name, undefined, namedInBatch(wanted), (key) =>
                batchedKeys(wanted).flatMap((each) => leadingKeyOf(each, key)),
              ),
            ),
          );
        case 'ListTables':
          return [{ action: 'dynamodb:ListTables', resource: '*', context: {} }];
        default:
          break;
      }
      // A Scan sees every item: it has no leading key, and only a statement without that condition lets it through.
      if (onTable.has(operation)) {
        const resource =
          input.IndexName === undefined ? arnOf(table) : `${arnOf(table)}/index/${input.IndexName}`;
        const context = { 'dynamodb:Attributes': named };
        return [{ action: `dynamodb:${operation}`, resource, context }];
      }
      throw new AwsError(
        'UnknownOperationException',
        `the local DynamoDB does not know ${operation}`,
      );
    },
    answer: (call) => dynamo.send(call.operation, call.body),
    errorReply(name, message, status) {
      return jsonReply(status, 'application/x-amz-json-1.0', {
        __type: `com.amazonaws.dynamodb.v20120810#${name}`,
        message,
      });
    },
  };
}

/** The items and keys of one table's part of a batch. */
function batchedKeys(wanted: unknown): readonly unknown[] {
  if (Array.isArray(wanted)) {
    return (wanted as readonly WriteRequest[]).map(
      ({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key,
    );
  }
  const { Keys = [] } = (wanted ?? {}) as { readonly Keys?: readonly unknown[] };
  return Keys;
}

/** The attributes that one table's part of a batch names. */
function namedInBatch(wanted: unknown): readonly string[] {
  if (!Array.isArray(wanted)) return namedAttributes((wanted ?? {}) as Record<string, unknown>);
  return (wanted as readonly WriteRequest[]).flatMap(({ PutRequest, DeleteRequest }) =>
    namedAttributes({ ...PutRequest, ...DeleteRequest }),
  );
}
