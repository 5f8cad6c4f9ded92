import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { dynamoReader } from '../../functions/adapters/dynamodb/reader.ts';
import { dynamoWriter } from '../../functions/adapters/dynamodb/writer.ts';
import { awsWorld } from '../local/support/aws-world.ts';
import { createTable } from '../support/create-table.ts';
import { httpAnswer, scriptedServer } from '../support/scripted-server.ts';

const aws = await awsWorld();
const env = aws.environment();
const writer = dynamoWriter({ env });
const reader = dynamoReader({ env });
const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
await createTable(dynamo, 'counters');
dynamo.destroy();

const injected: (() => void)[] = [];
afterEach(() => {
  for (const remove of injected.splice(0)) remove();
});
afterAll(() => aws.stop());

let serial = 0;
function newKey(): { readonly pk: string } {
  serial += 1;
  return { pk: `LIM#${serial}` };
}

const count = { update: 'ADD #n :one', names: { '#n': 'n' }, values: { ':one': 1 } } as const;

describe('an update', () => {
  test('makes the item or changes it, and answers nothing that was not asked for', async () => {
    const key = newKey();
    for (const n of [1, 2]) {
      expect(await writer.updateItem('counters', { key, ...count })).toEqual({
        ok: true,
        value: {},
      });
      expect(await reader.getItem('counters', key)).toEqual({ ...key, n });
    }
  });

  test('answers the attributes that were asked for', async () => {
    const key = newKey();
    const update = { key, ...count, returnValues: 'ALL_NEW' } as const;
    expect(await writer.updateItem('counters', update)).toEqual({
      ok: true,
      value: { ...key, n: 1 },
    });
  });

  test('whose condition does not hold changes nothing, and that is an answer', async () => {
    const key = newKey();
    const once = { key, ...count, condition: 'attribute_not_exists(pk)' };
    expect(await writer.updateItem('counters', once)).toEqual({ ok: true, value: {} });
    expect(await writer.updateItem('counters', once)).toEqual({
      ok: false,
      error: 'condition failed',
    });
    expect(await reader.getItem('counters', key)).toEqual({ ...key, n: 1 });
  });

  test('of fifty at once is lost by none', async () => {
    const key = newKey();
    await Promise.all(
      Array.from({ length: 50 }, () => writer.updateItem('counters', { key, ...count })),
    );
    expect(await reader.getItem('counters', key)).toEqual({ ...key, n: 50 });
  });

  test.each([
    ['throttles', { kind: 'throttle' }],
    ['answers 500', { kind: 'error', when: 'before', status: 500 }],
    ['denies access', { kind: 'access-denied' }],
    ['answers garbage', { kind: 'garbage' }],
    ['hangs', { kind: 'hang', when: 'before' }],
  ] as const)('in a table that %s throws, with nothing of it in the message', async (_, fault) => {
    injected.push(aws.endpoint.inject({ operation: 'dynamodb:UpdateItem', fault }));
    const quick = dynamoWriter({ env, deadlineMs: 300 });
    const failure = await quick
      .updateItem('counters', { key: newKey(), ...count })
      .catch((cause: Error) => cause);
    expect(String(failure)).toMatch(/^DynamoUnavailable: DynamoDB is unavailable: [\w ]+$/);
  });

  test.each([
    '{"message":"CANARY"}',
    '{"Item":{}}',
    '{"Attributes":null}',
    '{"Attributes":{},"CANARY":1}',
    '[]',
    '',
  ])('that is answered 200 with %j is not taken for done', async (body) => {
    const server = await scriptedServer(httpAnswer(200, body));
    const astray = dynamoWriter({ env: { ...env, AWS_ENDPOINT_URL: server.url } });
    const failure = await astray
      .updateItem('counters', { key: newKey(), ...count })
      .catch((cause: Error) => cause);
    expect(failure).toMatchObject({ code: 'malformed answer' });
    expect(String(failure)).not.toContain('CANARY');
    await server.stop();
  });

  test('that met a reset is tried again', async () => {
    const key = newKey();
    const fault = { kind: 'reset', when: 'before' } as const;
    injected.push(aws.endpoint.inject({ operation: 'dynamodb:UpdateItem', times: 1, fault }));
    expect(await writer.updateItem('counters', { key, ...count })).toMatchObject({ ok: true });
    expect(await reader.getItem('counters', key)).toEqual({ ...key, n: 1 });
  });
});
