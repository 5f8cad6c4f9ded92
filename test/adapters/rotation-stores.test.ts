import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { dynamoKeyPublisher } from '../../functions/adapters/dynamodb/key-publisher.ts';
import { dynamoRotationIntents } from '../../functions/adapters/dynamodb/rotation-intents.ts';
import { memoryKeyPublisher } from '../../functions/adapters/memory/key-publisher.ts';
import { memoryRingVersions } from '../../functions/adapters/memory/ring-versions.ts';
import { memoryRotationIntents } from '../../functions/adapters/memory/rotation-intents.ts';
import { secretsManagerRingVersions } from '../../functions/adapters/secrets-manager/ring-versions.ts';
import type { KeyPublisher } from '../../functions/core/ports/published-keys.ts';
import type { FaultRule } from '../../local/aws/fault.ts';
import { keyPublisherContract, setOf } from '../contracts/key-publisher.ts';
import { type OpenedRing, ringVersionsContract } from '../contracts/ring-versions.ts';
import { rotationIntentsContract } from '../contracts/rotation-intents.ts';
import { firstVersion, ringStores } from '../support/ring-stores.ts';

const stores = await ringStores();
const injected: (() => void)[] = [];
afterEach(() => {
  for (const remove of injected.splice(0)) remove();
});
afterAll(() => stores.stop());

/** The next call of this operation takes effect, and its answer is lost: the SDK repeats it. */
function loseAnswer(operation: FaultRule['operation']): void {
  const fault = { kind: 'reset', when: 'after' } as const;
  injected.push(stores.aws.endpoint.inject({ operation, times: 1, fault }));
}

async function newPublisher(): Promise<KeyPublisher> {
  return dynamoKeyPublisher(stores.dynamo, await stores.newTable());
}

async function newVersions(): Promise<OpenedRing> {
  const arn = await stores.newSecret('sentinel');
  return {
    versions: secretsManagerRingVersions(stores.secrets, arn),
    first: firstVersion,
    begin: (id) =>
      stores.rotate(arn, id, async () => {
        throw new Error('this rotation goes no further');
      }),
  };
}

keyPublisherContract('memory', async () => memoryKeyPublisher());
keyPublisherContract('DynamoDB', newPublisher);

rotationIntentsContract('memory', async () => memoryRotationIntents());
rotationIntentsContract('DynamoDB', async () =>
  dynamoRotationIntents(stores.dynamo, await stores.newTable()),
);

ringVersionsContract('memory', async () => {
  const versions = memoryRingVersions('sentinel', firstVersion);
  return { versions, first: firstVersion, begin: async (id) => versions.begin(id) };
});
ringVersionsContract('Secrets Manager', newVersions);

describe('a call that took effect although its answer was lost', () => {
  test('a write of the published set is known as our own', async () => {
    const keys = await newPublisher();
    loseAnswer('dynamodb:PutItem');
    expect(await keys.write(setOf('one', 1, 1), undefined)).toBe(true);
    loseAnswer('dynamodb:PutItem');
    expect(await keys.write(setOf('two', 2, 2), 1)).toBe(true);
    expect(await keys.read()).toEqual(setOf('two', 2, 2));
  });

  test('a label that has moved, a value that is put, a label that is gone: no error', async () => {
    const { versions, first } = await newVersions();
    const id = 'a'.repeat(32);
    loseAnswer('secretsmanager:PutSecretValue');
    await versions.putPending(id, 'one');
    loseAnswer('secretsmanager:UpdateSecretVersionStage');
    await versions.makeCurrent(id, first);
    expect(await versions.get(id, 'AWSCURRENT')).toBe('one');
    loseAnswer('secretsmanager:UpdateSecretVersionStage');
    await versions.detachPending(id);
    expect(await versions.get(id, 'AWSPENDING')).toBeUndefined();
  });
});

describe('an item that this code did not write', () => {
  test.each([
    ['of a newer schema', { v: '2' }, 'unknown_schema'],
    ['without a schema', { v: undefined }, 'broken'],
    ['with something else for its keys', { doc: '{}' }, 'broken'],
    ['with text that is no JSON', { doc: '[' }, 'broken'],
    ['with a private member in a key', { doc: privateDoc() }, 'broken'],
    ['with something else for what was revoked', { revoked: '{}' }, 'broken'],
    ['with a revoked key that has no date', { revoked: '[{"id":"a","use":"sig"}]' }, 'broken'],
  ])('%s is never read as a set', async (_, changed, code) => {
    const table = await stores.newTable();
    const item = { v: '1', doc: '[]', revoked: '[]', ...changed };
    await stores.dynamo.send(
      new PutItemCommand({
        TableName: table,
        Item: {
          pk: { S: 'JWKS' },
          sk: { S: 'CURRENT' },
          generation: { N: '1' },
          revision: { N: '1' },
          doc: { S: item.doc },
          revoked: { S: item.revoked },
          ...(item.v === undefined ? {} : { v: { N: item.v } }),
        },
      }),
    );
    const keys = dynamoKeyPublisher(stores.dynamo, table);
    await expect(keys.read()).rejects.toMatchObject({ code });
  });

  test('an intent of a newer schema asks for nothing', async () => {
    const table = await stores.newTable();
    await stores.dynamo.send(
      new PutItemCommand({
        TableName: table,
        Item: {
          pk: { S: 'JWKS' },
          sk: { S: 'INTENT' },
          v: { N: '2' },
          mode: { S: 'waive-lead' },
          by: { S: 'somebody' },
          at: { N: '1' },
        },
      }),
    );
    expect(await dynamoRotationIntents(stores.dynamo, table).read()).toBeUndefined();
  });
});

function privateDoc(): string {
  const { keys } = setOf('one', 1, 1);
  return JSON.stringify(keys.map((key) => ({ ...key, jwk: { ...key.jwk, d: 'AQAB' } })));
}
