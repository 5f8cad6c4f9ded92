import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { dynamoCuts } from '../../functions/adapters/dynamodb/cuts.ts';
import { dynamoQuery } from '../../functions/adapters/dynamodb/query.ts';
import { dynamoReader } from '../../functions/adapters/dynamodb/reader.ts';
import { dynamoWriter } from '../../functions/adapters/dynamodb/writer.ts';
import { memoryCuts } from '../../functions/adapters/memory/cuts.ts';
import { cutKeepSeconds } from '../../functions/core/durations.ts';
import { cutsContract } from '../contracts/cuts.ts';
import { awsWorld } from '../local/support/aws-world.ts';
import { createTable } from '../support/create-table.ts';

const aws = await awsWorld();
const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
const env = aws.environment();
const access = {
  reader: dynamoReader({ env }),
  writer: dynamoWriter({ env }),
  query: dynamoQuery({ env }),
};
afterAll(async () => {
  dynamo.destroy();
  await aws.stop();
});

let serial = 0;
function newTable(): Promise<string> {
  serial += 1;
  return createTable(dynamo, `verification-${serial}`, ['pk', 'sk']);
}

cutsContract('memory', async () => memoryCuts());
cutsContract('DynamoDB', async () => dynamoCuts(access, await newTable()));

describe('cuts in DynamoDB', () => {
  const cut = 1_800_000_000;
  const key = { pk: { S: 'CUT#client' }, sk: { S: 'orders' } };

  test('outlive the longest family of refresh tokens by their own', async () => {
    const table = await newTable();
    await dynamoCuts(access, table).raise('client', 'orders', cut);
    const { Item } = await dynamo.send(new GetItemCommand({ TableName: table, Key: key }));
    expect(Item).toEqual({
      ...key,
      ...{ v: { N: '1' }, cut: { N: String(cut) }, owed: { BOOL: true } },
      ttl: { N: String(cut + cutKeepSeconds) },
    });
    expect(cutKeepSeconds).toBeGreaterThan(90 * 86_400);
  });

  test('a raise whose answer is lost stands, and is owed', async () => {
    const table = await newTable();
    const fault = { kind: 'reset', when: 'after' } as const;
    aws.endpoint.inject({ operation: 'dynamodb:UpdateItem', times: 1, fault });
    const cuts = dynamoCuts(access, table);
    await cuts.raise('client', 'orders', cut);
    expect(await cuts.owed()).toEqual([{ level: 'client', id: 'orders', cut }]);
  });

  test.each([
    ['of a newer schema', { v: { N: '2' } }],
    ['without an instant', { cut: { S: 'soon' } }],
  ])('one %s is not taken for none', async (_, changed) => {
    const table = await newTable();
    const item = { ...key, v: { N: '1' }, cut: { N: '7' }, owed: { BOOL: true }, ...changed };
    await dynamo.send(new PutItemCommand({ TableName: table, Item: item }));
    const cuts = dynamoCuts(access, table);
    await expect(cuts.read('client', 'orders')).rejects.toThrow('another schema');
    await expect(cuts.owed()).rejects.toThrow('another schema');
  });
});
