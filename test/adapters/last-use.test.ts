import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { dynamoLastUse } from '../../functions/adapters/dynamodb/last-use.ts';
import { dynamoLastUses } from '../../functions/adapters/dynamodb/last-uses.ts';
import { dynamoWriter } from '../../functions/adapters/dynamodb/writer.ts';
import { memoryLastUse } from '../../functions/adapters/memory/last-use.ts';
import { lastUseContract } from '../contracts/last-use.ts';
import { awsWorld } from '../local/support/aws-world.ts';
import { createTable } from '../support/create-table.ts';
import { httpAnswer, scriptedServer } from '../support/scripted-server.ts';

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

lastUseContract('memory', async () => {
  const store = memoryLastUse();
  return { lastUse: store, lastUses: store };
});
lastUseContract('DynamoDB, by the small writer and by the SDK', async () => {
  const table = await newTable();
  return { lastUse: dynamoLastUse(writer, table), lastUses: dynamoLastUses(dynamo, table) };
});

describe('last uses in DynamoDB', () => {
  const hour = 1_800_000_000;

  test('a second note within the hour does nothing, and an old one is swept after 400 days', async () => {
    const table = await newTable();
    const lastUse = dynamoLastUse(writer, table);
    await lastUse.note('one', hour + 1);
    const stored = { pk: { S: 'SEEN#one' }, at: { N: String(hour) } };
    const Key = { pk: stored.pk };
    expect((await dynamo.send(new GetItemCommand({ TableName: table, Key }))).Item).toEqual({
      ...stored,
      ttl: { N: String(hour + 400 * 86_400) },
    });
    // A mark that any write of ours would take away or leave behind changed.
    const marked = { ...stored, ttl: { N: '7' } };
    await dynamo.send(new PutItemCommand({ TableName: table, Item: marked }));
    await lastUse.note('one', hour + 3_599);
    expect((await dynamo.send(new GetItemCommand({ TableName: table, Key }))).Item).toEqual(marked);
  });

  test('what DynamoDB leaves over of a batch is asked for again, and not for ever', async () => {
    const key = (id: string) => `{"pk":{"S":"SEEN#${id}"}}`;
    const leftOver = (...ids: string[]) => `"UnprocessedKeys":{"t":{"Keys":[${ids.map(key)}]}}`;
    const found = (id: string) => `"Responses":{"t":[{"pk":{"S":"SEEN#${id}"},"at":{"N":"7"}}]}`;
    const server = await scriptedServer(
      httpAnswer(200, `{${found('one')},${leftOver('two')}}`),
      httpAnswer(200, `{${found('two')},"UnprocessedKeys":{}}`),
      httpAnswer(200, `{"Responses":{},${leftOver('one')}}`),
    );
    const there = new DynamoDBClient({
      ...clientOptions,
      ...aws.clientConfig(),
      endpoint: server.url,
    });
    const lastUses = dynamoLastUses(there, 't');
    expect([...(await lastUses.read(['one', 'two']))]).toEqual([
      ['one', 7],
      ['two', 7],
    ]);
    const asked = server.requests.map(({ body }) => JSON.parse(body).RequestItems.t.Keys.length);
    expect(asked).toEqual([2, 1]);
    await expect(lastUses.read(['one'])).rejects.toThrow('too busy');
    there.destroy();
    await server.stop();
  });

  test('an item that is no last use is not passed over in silence', async () => {
    const table = await newTable();
    await dynamo.send(new PutItemCommand({ TableName: table, Item: { pk: { S: 'SEEN#one' } } }));
    await expect(dynamoLastUses(dynamo, table).read(['one'])).rejects.toThrow('without an hour');
  });

  test('a store that cannot answer throws, for both', async () => {
    const table = 'no-such-table';
    await expect(dynamoLastUse(writer, table).note('one', hour)).rejects.toThrow('DynamoDB');
    await expect(dynamoLastUses(dynamo, table).read(['one'])).rejects.toThrow();
  });
});
