import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { dynamoApiKeyWithdrawal } from '../../functions/adapters/dynamodb/api-key-withdrawal.ts';
import { dynamoRegistry } from '../../functions/adapters/dynamodb/registry.ts';
import { dynamoWriter } from '../../functions/adapters/dynamodb/writer.ts';
import { memoryApiKeyWithdrawal } from '../../functions/adapters/memory/api-key-withdrawal.ts';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { apiKeyWithdrawalContract } from '../contracts/api-key-withdrawal.ts';
import { someApiKey } from '../contracts/registry.ts';
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
async function open() {
  serial += 1;
  const table = await createTable(dynamo, `clients-${serial}`);
  const registry = dynamoRegistry(dynamo, table, apiKeyKind);
  return { table, registry, withdrawal: dynamoApiKeyWithdrawal(writer, table) };
}

apiKeyWithdrawalContract('memory', async () => {
  const registry = memoryRegistry(apiKeyKind);
  return { registry, withdrawal: memoryApiKeyWithdrawal(registry) };
});
apiKeyWithdrawalContract('DynamoDB, beside the registry of operators', open);

const key = { ...someApiKey, status: 'enabled' as const };

describe('withdrawals in DynamoDB', () => {
  test('an operator whose answer was lost still finds what he wrote: the id of his write stays', async () => {
    const { table, registry, withdrawal } = await open();
    await registry.create(key);
    const items = async () => (await dynamo.send(new ScanCommand({ TableName: table }))).Items;
    const [before] = (await items()) ?? [];
    expect(before?.writeId?.S).toMatch(/^[0-9a-f-]{36}$/);
    await withdrawal.withdraw(key.keyId, 77);
    const changed = { status: { S: 'disabled' }, updatedAt: { N: '77' }, revision: { N: '2' } };
    expect(await items()).toEqual([{ ...before, ...changed }]);
  });

  test('a withdrawal whose answer was lost is done all the same', async () => {
    const { registry, withdrawal } = await open();
    await registry.create(key);
    const heal = aws.endpoint.inject({
      ...{ operation: 'dynamodb:UpdateItem', times: 1 },
      fault: { kind: 'reset', when: 'after' },
    });
    expect(await withdrawal.withdraw(key.keyId, 77)).toBe(true);
    heal();
    expect((await registry.read(key.keyId))?.record.status).toBe('disabled');
  });

  test('a record of another schema is left alone', async () => {
    const { table, registry, withdrawal } = await open();
    await registry.create(key);
    const { Items: [item] = [] } = await dynamo.send(new ScanCommand({ TableName: table }));
    const newer = { ...item, v: { N: '2' } };
    await dynamo.send(new PutItemCommand({ TableName: table, Item: newer }));
    expect(await withdrawal.withdraw(key.keyId, 77)).toBe(false);
    expect((await dynamo.send(new ScanCommand({ TableName: table }))).Items).toEqual([newer]);
  });

  test('a table that is not there throws', async () => {
    await expect(dynamoApiKeyWithdrawal(writer, 'nowhere').withdraw(key.keyId, 77)).rejects.toThrow(
      'ResourceNotFoundException',
    );
  });
});
