import type { GetItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { awsEnvironment } from '../measure/aws-environment.ts';
import { item } from './stub.ts';

/** One read of the item. */
export type Read = () => Promise<object | undefined>;

/** What signs, and where. */
export type Environment = Readonly<Record<keyof typeof awsEnvironment, string>>;

export const target = 'DynamoDB_20120810.GetItem';

export const input: GetItemCommandInput = {
  TableName: 'clients',
  Key: { pk: { S: String(item.pk) } },
  ConsistentRead: true,
};

/** The request of all of them but the SDK's, which writes its own. */
export const body: string = JSON.stringify(input);
