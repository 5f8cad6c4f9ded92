import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { dynamoFailureCounter } from '../../functions/adapters/dynamodb/failure-counter.ts';
import { dynamoReader } from '../../functions/adapters/dynamodb/reader.ts';
import { dynamoTokenBuckets } from '../../functions/adapters/dynamodb/token-buckets.ts';
import { dynamoWriter } from '../../functions/adapters/dynamodb/writer.ts';
import { memoryFailureCounter } from '../../functions/adapters/memory/failure-counter.ts';
import { memoryTokenBuckets } from '../../functions/adapters/memory/token-buckets.ts';
import { failureCounterContract } from '../contracts/failure-counter.ts';
import { tokenBucketsContract } from '../contracts/token-buckets.ts';
import { awsWorld } from '../local/support/aws-world.ts';
import { createTable } from '../support/create-table.ts';

const aws = await awsWorld();
const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
const env = aws.environment();
const reader = dynamoReader({ env });
// Fifty at once on two busy cores take longer than a caller at the gateway would wait.
const writer = dynamoWriter({ env, deadlineMs: 15_000 });
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
  return createTable(dynamo, `counters-${serial}`);
}

async function itemsOf(table: string) {
  return (await dynamo.send(new ScanCommand({ TableName: table }))).Items ?? [];
}

failureCounterContract('memory', async () => memoryFailureCounter());
failureCounterContract('DynamoDB, by the small reader and writer', async () =>
  dynamoFailureCounter({ reader, writer }, await newTable()),
);
tokenBucketsContract('memory', async () => memoryTokenBuckets());
tokenBucketsContract('DynamoDB, by the small writer', async () =>
  dynamoTokenBuckets(writer, await newTable()),
);

const now = 1_800_000_000;
const rate = { perSecond: 2, burst: 10 };

describe('the Counters table', () => {
  test('holds counts under the prefix that an authorizer may write, with the time after which they may be swept', async () => {
    const table = await newTable();
    await dynamoFailureCounter({ reader, writer }, table).add('basic#abc', now, 3_600);
    expect(await itemsOf(table)).toEqual([
      {
        pk: { S: 'LIM#basic#abc' },
        count: { N: '1' },
        lastAt: { N: String(now) },
        ttl: { N: String(now + 3_600) },
      },
    ]);
  });

  test('holds buckets under that prefix too, by a hash, and lets them be swept once they are full', async () => {
    const table = await newTable();
    await dynamoTokenBuckets(writer, table).lease('somebody', 4, rate, now);
    expect(await itemsOf(table)).toEqual([
      {
        pk: { S: expect.stringMatching(/^LIM#rate#[0-9a-f]{64}$/) },
        tat: { N: String((now + 2) * 1_000_000) },
        ttl: { N: String(now + 5 + 60) },
      },
    ]);
  });

  test('that is not there is neither a table without failures nor a full bucket', async () => {
    const counter = dynamoFailureCounter({ reader, writer }, 'nowhere');
    await expect(counter.read(['a'], now)).rejects.toThrow('ResourceNotFoundException');
    await expect(counter.add('a', now, 1)).rejects.toThrow('ResourceNotFoundException');
    const seen = { count: 1, lastAt: now };
    await expect(counter.replace('a', seen, seen, 1)).rejects.toThrow('ResourceNotFoundException');
    await expect(dynamoTokenBuckets(writer, 'nowhere').lease('a', 1, rate, now)).rejects.toThrow(
      'ResourceNotFoundException',
    );
  });

  test.each([
    ['before', 1],
    ['after', 2],
  ] as const)(
    'a failure whose call was cut off %s it was carried out is not lost; it counts %i times',
    async (when, times) => {
      const counter = dynamoFailureCounter({ reader, writer }, await newTable());
      const fault = { kind: 'reset', when } as const;
      injected.push(aws.endpoint.inject({ operation: 'dynamodb:UpdateItem', times: 1, fault }));
      await counter.add('a', now, 3_600);
      expect(await counter.read(['a'], now)).toEqual([{ count: times, lastAt: now }]);
    },
  );

  test('failures that were replaced without an answer are told to nobody as replaced', async () => {
    const counter = dynamoFailureCounter({ reader, writer }, await newTable());
    await counter.add('a', now, 3_600);
    const fault = { kind: 'reset', when: 'after' } as const;
    injected.push(aws.endpoint.inject({ operation: 'dynamodb:UpdateItem', times: 1, fault }));
    const next = { count: 2, lastAt: now + 1 };
    expect(await counter.replace('a', { count: 1, lastAt: now }, next, 3_600)).toBe(false);
    expect(await counter.read(['a'], now)).toEqual([next]);
  });

  test('tokens whose answer was lost are gone, and never given twice', async () => {
    const buckets = dynamoTokenBuckets(writer, await newTable());
    const fault = { kind: 'reset', when: 'after' } as const;
    let total = 0;
    for (const want of [4, 3, 2, 1, 1, 1, 1]) {
      injected.push(aws.endpoint.inject({ operation: 'dynamodb:UpdateItem', times: 1, fault }));
      total += await buckets.lease('a', want, rate, now);
    }
    expect(total).toBeLessThanOrEqual(rate.burst);
    expect(await buckets.lease('a', 1, rate, now)).toBe(0);
  });
});
