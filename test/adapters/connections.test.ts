import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { apiGatewayConnectionCloser } from '../../functions/adapters/api-gateway/connection-closer.ts';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { connectionWriter } from '../../functions/adapters/dynamodb/connection-writer.ts';
import { dynamoOpenConnections } from '../../functions/adapters/dynamodb/open-connections.ts';
import { memoryConnections } from '../../functions/adapters/memory/connections.ts';
import type { ConnectionWriter } from '../../functions/core/ports/connections.ts';
import { connectionsContract } from '../contracts/connections.ts';
import { awsWorld } from '../local/support/aws-world.ts';
import { createTable } from '../support/create-table.ts';
import { httpAnswer, scriptedServer } from '../support/scripted-server.ts';

const aws = await awsWorld();
const { region, credentials } = aws.clientConfig();
const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
const env = aws.environment();
afterAll(async () => {
  dynamo.destroy();
  await aws.stop();
});

let serial = 0;
function newTable(): Promise<string> {
  serial += 1;
  return createTable(dynamo, `connections-${serial}`, ['pk', 'sk']);
}

function writerOf(connectionsTable: string): ConnectionWriter {
  const writer = connectionWriter({ env, connectionsTable });
  if (writer === undefined) throw new Error('no writer');
  return writer;
}

const pageItems = 2;
connectionsContract('memory', async () => {
  const store = memoryConnections(pageItems);
  return { writer: store, of: store.of };
});
connectionsContract('DynamoDB', async () => {
  const table = await newTable();
  return {
    writer: writerOf(table),
    of: (stage) => dynamoOpenConnections({ env }, { table, stage, pageItems }),
  };
});

describe('connections in DynamoDB', () => {
  const stage = 'abcdefghij/live';
  const connectedAt = 1_800_000_000;

  test('are swept two hours and a quarter after they were opened, and are public facts alone', async () => {
    const table = await newTable();
    const connection = { connectionId: 'a=', connectedAt, scheme: 'basic', credentialId: 'alice' };
    await writerOf(table).add(stage, { ...connection, scheme: 'basic', secretSetAt: 7 });
    const Key = { pk: { S: stage }, sk: { S: 'a=' } };
    expect((await dynamo.send(new GetItemCommand({ TableName: table, Key }))).Item).toEqual({
      ...Key,
      v: { N: '1' },
      scheme: { S: 'basic' },
      credentialId: { S: 'alice' },
      secretSetAt: { N: '7' },
      connectedAt: { N: String(connectedAt) },
      ttl: { N: String(connectedAt + 8_100) },
    });
  });

  test('one of another schema, or broken, hides none of the others', async () => {
    const table = await newTable();
    const good = { connectionId: 'b=', connectedAt, scheme: 'apikey', credentialId: 'k' } as const;
    await writerOf(table).add(stage, good);
    const broken = {
      ...{ pk: { S: stage }, v: { N: '1' }, credentialId: { S: 'k' } },
      connectedAt: { N: '7' },
    };
    for (const [sk, members] of Object.entries({
      'a=': { scheme: { S: 'apikey' }, v: { N: '2' } },
      'c=': { scheme: { S: 'certificate' } },
      'd=': { scheme: { S: 'bearer' } },
      'e=': { scheme: { S: 'basic' } },
    })) {
      const Item = { ...broken, sk: { S: sk }, ...members };
      await dynamo.send(new PutItemCommand({ TableName: table, Item }));
    }
    const page = await dynamoOpenConnections({ env }, { table, stage }).page();
    expect(page).toEqual({ connections: [good], unreadable: 4 });
  });

  test('where there is no table to write to, there is no writer', () => {
    expect(connectionWriter({ env, connectionsTable: '' })).toBeUndefined();
  });

  test('a store that cannot answer throws', async () => {
    const table = 'no-such-table';
    const connection = { connectionId: 'a=', connectedAt, scheme: 'apikey', credentialId: 'k' };
    const connections = dynamoOpenConnections({ env }, { table, stage });
    await expect(writerOf(table).add(stage, { ...connection, scheme: 'apikey' })).rejects.toThrow(
      'DynamoDB',
    );
    await expect(connections.page()).rejects.toThrow('DynamoDB');
    await expect(connections.forget('a=')).rejects.toThrow('DynamoDB');
  });
});

describe('API Gateway', () => {
  const closer = (url: string) =>
    apiGatewayConnectionCloser(`${url}/live`, { region, credentials });
  const refusal = (status: number, type: string) =>
    httpAnswer(status, '{"message":"canary"}').replace(
      '\r\n',
      `\r\nx-amzn-errortype: ${type}\r\ncontent-type: application/json\r\n`,
    );
  const done = 'HTTP/1.1 204 No Content\r\n\r\n';

  test('is told once to close a connection, in the name of the function', async () => {
    const server = await scriptedServer(done);
    expect(await closer(server.url).close('a=')).toBe('closed');
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers.authorization).toContain(`/${region}/execute-api/`);
    await server.stop();
  });

  test('says that a connection is gone', async () => {
    const server = await scriptedServer(refusal(410, 'GoneException'));
    expect(await closer(server.url).close('a=')).toBe('gone');
    expect(server.requests).toHaveLength(1);
    await server.stop();
  });

  test.each([
    [429, 'LimitExceededException'],
    [503, 'ServiceUnavailable'],
  ])('that answers %i is asked again', async (status, type) => {
    const server = await scriptedServer(refusal(status, type), done);
    expect(await closer(server.url).close('a=')).toBe('closed');
    expect(server.requests).toHaveLength(2);
    await server.stop();
  });

  test('that goes on failing is not asked for ever, and has closed nothing', async () => {
    const server = await scriptedServer(refusal(503, 'ServiceUnavailable'));
    await expect(closer(server.url).close('a=')).rejects.toThrow();
    expect(server.requests).toHaveLength(3);
    await server.stop();
  });

  test('that forbids it has not closed it', async () => {
    const server = await scriptedServer(refusal(403, 'ForbiddenException'));
    await expect(closer(server.url).close('a=')).rejects.toThrow();
    await server.stop();
  });
});
