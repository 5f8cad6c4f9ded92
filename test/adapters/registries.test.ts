import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { dynamoLookup } from '../../functions/adapters/dynamodb/lookup.ts';
import { dynamoReader } from '../../functions/adapters/dynamodb/reader.ts';
import { dynamoRegistry } from '../../functions/adapters/dynamodb/registry.ts';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { mintClientSecret } from '../../functions/core/clients/client-secret.ts';
import { mintApiKey } from '../../functions/core/credentials/api-key.ts';
import { apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import type { RecordKind } from '../../functions/core/records/record-kind.ts';
import { pinSamples, revokedSamples, ruleSamples } from '../contracts/certificate-samples.ts';
import {
  apiKeySamples,
  clientSamples,
  type RecordStore,
  registryContract,
  type Samples,
  someApiKey,
  someClient,
} from '../contracts/registry.ts';
import { awsWorld } from '../local/support/aws-world.ts';
import { createTable } from '../support/create-table.ts';
import { userSamples } from '../support/users.ts';

const aws = await awsWorld();
const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
const reader = dynamoReader({
  env: aws.environment(),
});
const injected: (() => void)[] = [];
afterEach(() => {
  for (const remove of injected.splice(0)) remove();
});
afterAll(async () => {
  dynamo.destroy();
  await aws.stop();
});

let serial = 0;
function newTable(): Promise<string> {
  serial += 1;
  return createTable(dynamo, `clients-${serial}`);
}

function stored<T>(table: string, kind: RecordKind<T>): RecordStore<T> {
  return {
    registry: dynamoRegistry(dynamo, table, kind),
    lookup: dynamoLookup(reader, table, kind),
  };
}

function open(table: string): RecordStore<Client> {
  return stored(table, clientKind);
}

function contracts<T>(samples: Samples<T>): void {
  registryContract('memory', samples, async () => {
    const registry = memoryRegistry(samples.kind);
    return { registry, lookup: registry };
  });
  registryContract('DynamoDB, by the SDK and by the small reader', samples, async () =>
    stored(await newTable(), samples.kind),
  );
}

contracts(clientSamples);
contracts(apiKeySamples);
contracts(userSamples);
contracts(pinSamples);
contracts(ruleSamples);
contracts(revokedSamples);

describe('records in DynamoDB', () => {
  test.each([
    ['was lost', { kind: 'reset', when: 'after' }],
    ['was an error', { kind: 'error', when: 'after', status: 500 }],
    ['was cut off', { kind: 'truncate' }],
  ] as const)('a write whose answer %s is recognised when the SDK repeats it', async (_, fault) => {
    const { registry } = open(await newTable());
    const loseAnswer = () =>
      injected.push(aws.endpoint.inject({ operation: 'dynamodb:PutItem', times: 1, fault }));
    loseAnswer();
    expect(await registry.create(someClient)).toBe(true);
    loseAnswer();
    expect(await registry.replace({ ...someClient, name: 'Two' }, 1)).toBe(true);
    expect(await registry.read('orders')).toMatchObject({ record: { name: 'Two' }, revision: 2 });
  });

  test('a write that lost stays lost when its answer was lost too', async () => {
    const { registry } = open(await newTable());
    await registry.create(someClient);
    const fault = { kind: 'reset', when: 'after' } as const;
    injected.push(aws.endpoint.inject({ operation: 'dynamodb:PutItem', times: 1, fault }));
    expect(await registry.create(someClient)).toBe(false);
    injected.push(aws.endpoint.inject({ operation: 'dynamodb:PutItem', times: 1, fault }));
    expect(await registry.replace(someClient, 7)).toBe(false);
    expect(await registry.read('orders')).toEqual({ record: someClient, revision: 1 });
  });

  test.each([
    ['of a newer schema', { v: { N: '2' } }],
    ['without a schema', { v: { NULL: true as const } }],
    ['with a foreign status', { status: { S: 'maybe' } }],
    ['with an unknown algorithm', { signingAlgorithm: { S: 'none' } }],
    ['with scope that is no list', { scope: { S: 'a b' } }],
    ['with a broken secret', { secrets: { L: [{ S: 'x' }] } }],
    ['with times that are no numbers', { createdAt: { S: '1' } }],
    ['with a foreign id', { clientId: { S: 'other' } }],
  ])('a record %s throws: it is not a client that does not exist', async (_name, change) => {
    const table = await newTable();
    const { registry, lookup } = open(table);
    await registry.create(someClient);
    const { Items: [item] = [] } = await dynamo.send(new ScanCommand({ TableName: table }));
    await dynamo.send(new PutItemCommand({ TableName: table, Item: { ...item, ...change } }));
    await expect(lookup.find('orders')).rejects.toThrow();
    await expect(registry.read('orders')).rejects.toThrow();
    await expect(registry.list()).rejects.toThrow();
  });

  test.each([
    ['without a revision', undefined],
    ['with a revision that is no number', { S: '1' }],
    ['with half a revision', { N: '1.5' }],
  ])('a record %s is not given out to be changed', async (_name, revision) => {
    const table = await newTable();
    const { registry } = open(table);
    await registry.create(someClient);
    const { Items: [{ revision: _old, ...item } = {}] = [] } = await dynamo.send(
      new ScanCommand({ TableName: table }),
    );
    const changed = revision === undefined ? item : { ...item, revision };
    await dynamo.send(new PutItemCommand({ TableName: table, Item: changed }));
    await expect(registry.read('orders')).rejects.toThrow('revision');
    expect(await registry.replace(someClient, 1)).toBe(false);
  });

  test('a table that is not there is not a table without clients', async () => {
    const { registry, lookup } = open('nowhere');
    await expect(lookup.find('orders')).rejects.toThrow('ResourceNotFoundException');
    await expect(registry.read('orders')).rejects.toThrow();
    await expect(registry.create(someClient)).rejects.toThrow();
    await expect(registry.remove('orders')).rejects.toThrow();
    await expect(registry.list()).rejects.toThrow();
  });

  test('an item of another kind in the table is nobody, and on no list', async () => {
    const table = await newTable();
    const { registry, lookup } = open(table);
    await dynamo.send(new PutItemCommand({ TableName: table, Item: { pk: { S: 'orders' } } }));
    expect(await lookup.find('orders')).toBeUndefined();
    expect(await registry.read('orders')).toBeUndefined();
    expect(await registry.list()).toEqual([]);
  });

  test('the table holds the hash of a secret and nothing of the secret', async () => {
    const table = await newTable();
    const { secret, record } = mintClientSecret(systemRandomness, 1);
    await open(table).registry.create({ ...someClient, secrets: [record] });
    const text = JSON.stringify((await dynamo.send(new ScanCommand({ TableName: table }))).Items);
    expect(text).toContain(record.hash);
    expect(text).not.toContain(secret);
    expect(text).not.toContain(secret.slice(5, 30));
  });

  test('the table holds the hash of an API key and nothing of its secret', async () => {
    const table = await newTable();
    const format = { prefix: 'kw', environment: 'live' };
    const { key, ...minted } = mintApiKey(systemRandomness, format);
    await stored(table, apiKeyKind).registry.create({ ...someApiKey, ...minted });
    const text = JSON.stringify((await dynamo.send(new ScanCommand({ TableName: table }))).Items);
    expect(text).toContain(minted.hash);
    for (let at = 0; at < 40; at += 1) expect(text).not.toContain(key.slice(-49 + at, -41 + at));
  });

  test('the kinds of one table do not see one another', async () => {
    const table = await newTable();
    const clients = stored(table, clientKind);
    const keys = stored(table, apiKeyKind);
    await clients.registry.create(someClient);
    await keys.registry.create(someApiKey);
    expect(await clients.registry.list()).toEqual([someClient]);
    expect(await keys.registry.list()).toEqual([someApiKey]);
    expect(await clients.lookup.find(someApiKey.keyId)).toBeUndefined();
    expect(await keys.lookup.find(someClient.clientId)).toBeUndefined();
  });

  test('a list is whole although the table answers in pages', async () => {
    const { registry } = open(await newTable());
    const scope = Array.from({ length: 100 }, (_, i) => `${'x'.repeat(200)}${i}`);
    for (let i = 0; i < 60; i += 1) {
      await registry.create({ ...someClient, clientId: `c${i}`, scope, defaultScope: scope });
    }
    expect(await registry.list()).toHaveLength(60);
  });

  test.each([
    ['throttles', { kind: 'throttle' }],
    ['answers 500', { kind: 'error', when: 'before', status: 500 }],
    ['denies access', { kind: 'access-denied' }],
    ['answers garbage', { kind: 'garbage' }],
    ['cuts its answers off', { kind: 'truncate' }],
    ['resets connections', { kind: 'reset', when: 'before' }],
    ['hangs', { kind: 'hang', when: 'before' }],
  ] as const)(
    'a table that %s throws, with nothing of the exchange in the message',
    async (_name, fault) => {
      const table = await newTable();
      injected.push(aws.endpoint.inject({ operation: 'dynamodb:GetItem', fault }));
      const quick = dynamoReader({
        env: { ...aws.environment(), AWS_SESSION_TOKEN: 'canary' },
        deadlineMs: 300,
      });
      const failure = await dynamoLookup(quick, table, clientKind)
        .find('orders')
        .catch((cause: Error) => cause);
      expect(failure).toMatchObject({ name: 'DynamoUnavailable', code: expect.any(String) });
      expect(String(failure)).toMatch(/^DynamoUnavailable: DynamoDB is unavailable: [\w ]+$/);
    },
  );

  test.each([
    ['a reset', { kind: 'reset', when: 'before' }],
    ['a throttle', { kind: 'throttle' }],
    ['a 500', { kind: 'error', when: 'before', status: 500 }],
  ] as const)(
    '%s is tried again, and only the last of three failures counts',
    async (_name, fault) => {
      const table = await newTable();
      const { registry, lookup } = open(table);
      await registry.create(someClient);
      for (const times of [1, 2]) {
        injected.push(aws.endpoint.inject({ operation: 'dynamodb:GetItem', times, fault }));
        expect(await lookup.find('orders')).toEqual(someClient);
      }
      injected.push(aws.endpoint.inject({ operation: 'dynamodb:GetItem', times: 3, fault }));
      await expect(lookup.find('orders')).rejects.toThrow('DynamoDB is unavailable');
    },
  );
});
