import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, expect, test } from 'vitest';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { dynamoPollReports } from '../../functions/adapters/dynamodb/poll-reports.ts';
import { dynamoReportedPolls } from '../../functions/adapters/dynamodb/reported-polls.ts';
import { dynamoWriter } from '../../functions/adapters/dynamodb/writer.ts';
import { memoryPollReports } from '../../functions/adapters/memory/poll-reports.ts';
import { pollReportsContract } from '../contracts/poll-reports.ts';
import { awsWorld } from '../local/support/aws-world.ts';
import { createTable } from '../support/create-table.ts';

const aws = await awsWorld();
const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
const writer = dynamoWriter({
  env: aws.environment(),
});
afterAll(async () => {
  dynamo.destroy();
  await aws.stop();
});

let serial = 0;
function newTable(): Promise<string> {
  serial += 1;
  return createTable(dynamo, `counters-${serial}`);
}

const open = (table: string) => ({
  reports: dynamoPollReports(writer, table),
  reported: dynamoReportedPolls(dynamo, table),
});

pollReportsContract('memory', async () => {
  const store = memoryPollReports();
  return { reports: store, reported: store };
});
pollReportsContract('DynamoDB', async () => open(await newTable()));

test('nothing else of the Counters table is taken for a report', async () => {
  const table = await newTable();
  const item = { at: { N: '1800000000' }, ttl: { N: '1900000000' } };
  for (const pk of ['SEEN#POLL#', 'LIM#rate#x']) {
    await dynamo.send(new PutItemCommand({ TableName: table, Item: { pk: { S: pk }, ...item } }));
  }
  expect(await open(table).reported.list(1_800_000_000)).toEqual([]);
});
