import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { dynamoKeyPublisher } from '../../functions/adapters/dynamodb/key-publisher.ts';
import { dynamoPublishedKeys } from '../../functions/adapters/dynamodb/published-keys.ts';
import { dynamoReader } from '../../functions/adapters/dynamodb/reader.ts';
import { memoryKeyPublisher } from '../../functions/adapters/memory/key-publisher.ts';
import { setOf } from '../contracts/key-publisher.ts';
import { publishedKeysContract } from '../contracts/published-keys.ts';
import { ringStores } from '../support/ring-stores.ts';

const stores = await ringStores();
afterAll(() => stores.stop());
const reader = dynamoReader({
  env: stores.aws.environment(),
});

publishedKeysContract('memory', async () => {
  const publisher = memoryKeyPublisher();
  return { publisher, keys: publisher };
});
publishedKeysContract('DynamoDB, by the small reader', async () => {
  const table = await stores.newTable();
  return {
    publisher: dynamoKeyPublisher(stores.dynamo, table),
    keys: dynamoPublishedKeys(reader, table),
  };
});

describe('an item of the published set that this code must not interpret', () => {
  const whole: Record<string, AttributeValue> = {
    pk: { S: 'JWKS' },
    sk: { S: 'CURRENT' },
    v: { N: '1' },
    generation: { N: '1' },
    revision: { N: '1' },
    doc: { S: JSON.stringify(setOf('one', 1, 1).keys) },
  };
  const key = setOf('one', 1, 1).keys[0];

  async function read(item: Record<string, AttributeValue>): Promise<unknown> {
    const table = await stores.newTable();
    await stores.dynamo.send(new PutItemCommand({ TableName: table, Item: item }));
    return dynamoPublishedKeys(reader, table).read();
  }

  test('is none of these: the whole one is read', async () => {
    expect(await read(whole)).toEqual(setOf('one', 1, 1));
  });

  test.each(['v', 'generation', 'revision', 'doc'])('without %s it is broken', async (name) => {
    const { [name]: _, ...item } = whole;
    await expect(read(item)).rejects.toMatchObject({ code: 'broken' });
  });

  const changes: readonly (readonly [string, AttributeValue, string])[] = [
    ['v', { N: '2' }, 'unknown_schema'],
    ['v', { S: '1' }, 'broken'],
    ['v', { BOOL: true }, 'broken'],
    ...['generation', 'revision'].flatMap((name) =>
      [{ NULL: true }, { S: '' }, { S: '1' }, { L: [] }, { N: '-1' }, { N: '1.5' }].map(
        (value) => [name, value as AttributeValue, 'broken'] as const,
      ),
    ),
    ['doc', { S: '' }, 'broken'],
    ['doc', { S: '{}' }, 'broken'],
    ['doc', { S: '[null]' }, 'broken'],
    ['doc', { L: [] }, 'broken'],
    ['doc', { S: JSON.stringify([key, key]) }, 'broken'],
    ['doc', { S: JSON.stringify([{ ...key, state: 'future' }]) }, 'broken'],
    ['doc', { S: JSON.stringify([{ ...key, jwk: { ...key?.jwk, d: 'AQAB' } }]) }, 'broken'],
  ];
  test.each(changes)('with %s = %j it throws', async (name, value, code) => {
    await expect(read({ ...whole, [name]: value })).rejects.toMatchObject({ code });
  });

  test('a table that is not there is not a table without keys', async () => {
    await expect(dynamoPublishedKeys(reader, 'nowhere').read()).rejects.toThrow(
      'ResourceNotFoundException',
    );
  });
});
