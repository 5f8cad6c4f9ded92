import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { dynamoQuery } from '../../functions/adapters/dynamodb/query.ts';
import {
  dynamoRevocationLog,
  dynamoRevocationWriter,
} from '../../functions/adapters/dynamodb/revocation-log.ts';
import { dynamoWriter } from '../../functions/adapters/dynamodb/writer.ts';
import { memoryRevocationLog } from '../../functions/adapters/memory/revocation-log.ts';
import type { LoggedEntry } from '../../functions/core/revocation/log-entry.ts';
import { revocationLogContract } from '../contracts/revocation-log.ts';
import { awsWorld } from '../local/support/aws-world.ts';
import { createTable } from '../support/create-table.ts';

const aws = await awsWorld();
const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
const options = {
  env: aws.environment(),
  deadlineMs: 15_000,
};
const injected: (() => void)[] = [];
afterEach(() => {
  for (const remove of injected.splice(0)) remove();
});
afterAll(async () => {
  dynamo.destroy();
  await aws.stop();
});

let serial = 0;
async function open(deadlineMs = options.deadlineMs) {
  serial += 1;
  const table = await createTable(dynamo, `verification-${serial}`, ['pk', 'sk']);
  return {
    table,
    ...dynamoRevocationLog(dynamoQuery({ ...options, deadlineMs }), table),
    ...dynamoRevocationWriter(dynamoWriter({ ...options, deadlineMs }), table),
  };
}

revocationLogContract('memory', async () => memoryRevocationLog());
revocationLogContract('DynamoDB, by the small reader and writer', () => open());

const at = 1_800_000_000;
const entry: LoggedEntry = { kind: 'token', id: 'j', at, serial: 'a', expiresAt: at + 600 };

describe('the revocation log in the Verification table', () => {
  test('keeps an entry in the bucket of its hour, until it may be swept', async () => {
    const log = await open();
    await log.append(entry);
    const { Items } = await dynamo.send(new ScanCommand({ TableName: log.table }));
    expect(Items).toEqual([
      {
        ...{ pk: { S: 'LOG#500000' }, sk: { S: '001800000000#a' }, v: { N: '1' } },
        ...{ kind: { S: 'token' }, id: { S: 'j' } },
        ...{ expiresAt: { N: String(at + 600) }, ttl: { N: String(at + 600) } },
      },
    ]);
  });

  test('arrives whole, however many pages it has: 1 MB is the most of one', {
    timeout: 30_000,
  }, async () => {
    const log = await open();
    // DynamoDB counts the bytes of an item; twelve of these are more than a page.
    const pad = 'x'.repeat(100_000);
    for (let i = 0; i < 12; i += 1) {
      await dynamo.send(
        new PutItemCommand({ TableName: log.table, Item: itemOf({ serial: `s${i}`, pad }) }),
      );
    }
    expect(await log.read(at, at)).toHaveLength(12);
  });

  test.each([
    ['of another schema', { v: 2 }],
    ['of a kind that nobody knows', { kind: 'tenant' }],
    ['of no kind', { kind: undefined }],
    ['without an id', { id: undefined }],
    ['that cuts without a cut', { kind: 'client' }],
    ['without an end', { expiresAt: undefined }],
    ['of a ring without a number', { kind: 'ring', id: 'newest' }],
    ['whose place is none', { sk: 'yesterday' }],
  ])('an entry %s is no answer: it may be a revocation', async (_what, changes) => {
    const log = await open();
    await dynamo.send(new PutItemCommand({ TableName: log.table, Item: itemOf(changes) }));
    await expect(log.read(at, at)).rejects.toThrow('an entry of the revocation log');
  });

  test('a part of the log is no answer: a page that fails fails the read', async () => {
    const log = await open(300);
    await log.append(entry);
    injected.push(
      aws.endpoint.inject({
        operation: 'dynamodb:Query',
        nth: 2,
        fault: { kind: 'hang', when: 'before' },
      }),
    );
    await expect(log.read(at, at + 3_600)).rejects.toMatchObject({ name: 'DynamoUnavailable' });
  });

  test.each([
    ['throttled', { kind: 'throttle' }],
    ['an error', { kind: 'error', when: 'before', status: 500 }],
    ['garbage', { kind: 'garbage' }],
    ['cut off', { kind: 'truncate' }],
    ['denied', { kind: 'access-denied' }],
  ] as const)('an answer that is %s is no empty log', async (_what, fault) => {
    const log = await open(300);
    injected.push(aws.endpoint.inject({ operation: 'dynamodb:Query', fault }));
    await expect(log.read(at, at)).rejects.toMatchObject({ name: 'DynamoUnavailable' });
  });

  test('a write whose answer is lost is repeated, and is one entry', async () => {
    const log = await open();
    injected.push(
      aws.endpoint.inject({
        operation: 'dynamodb:UpdateItem',
        times: 1,
        fault: { kind: 'reset', when: 'after' },
      }),
    );
    await log.append(entry);
    expect(await log.read(at, at)).toEqual([entry]);
  });

  test('a write that was not answered is not done', async () => {
    const log = await open(300);
    injected.push(
      aws.endpoint.inject({ operation: 'dynamodb:UpdateItem', fault: { kind: 'throttle' } }),
    );
    await expect(log.append(entry)).rejects.toMatchObject({ name: 'DynamoUnavailable' });
  });
});

function itemOf(changes: object): Record<string, AttributeValue> {
  const { serial = 'a', ...others } = changes as { serial?: string };
  const whole = {
    ...{ pk: 'LOG#500000', sk: `00${at}#${serial}`, v: 1, kind: 'token', id: 'j' },
    expiresAt: at + 600,
    ...others,
  };
  return Object.fromEntries(
    Object.entries(whole).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, typeof value === 'number' ? { N: String(value) } : { S: String(value) }]];
    }),
  );
}
