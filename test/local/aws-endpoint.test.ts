import { rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Fault, FaultRule } from '../../local/aws/fault.ts';
import type { FunctionSpec, PolicyStatement } from '../../local/contracts.ts';
import { createTables } from '../../local/dynamodb/create-tables.ts';
import { startDynamo } from '../../local/dynamodb/dynamo.ts';
import { type AwsWorld, awsWorld, temporaryFolder } from './support/aws-world.ts';
import { accountId, functionOf, region, removeCode } from './support/functions.ts';

const tableArn = (name: string): string => `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;

/** A function that exists for its role only, unless it is invoked. */
function withRole(name: string, statements: readonly PolicyStatement[]): FunctionSpec {
  const code = `export const handler = async (event) => {
    if (event.fail) throw new RangeError('as told');
    return { got: event };
  };`;
  return functionOf(name, code, { policies: [{ Statement: statements }] });
}

const leadingKeys = (...patterns: string[]): Pick<PolicyStatement, 'Condition'> => ({
  Condition: {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
});

const authorizer = withRole('authorizer', [
  {
    Sid: 'Log',
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem', 'dynamodb:Scan'],
    Resource: tableArn('Verification'),
    ...leadingKeys('LOG#*', 'CUT#*'),
  },
  {
    Sid: 'Append',
    Effect: 'Allow',
    Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'],
    Resource: [tableArn('Verification')],
    ...leadingKeys('LOG#*'),
  },
  {
    Sid: 'Owners',
    Effect: 'Allow',
    Action: 'dynamodb:Query',
    Resource: `${tableArn('Indexed')}/index/ByOwner`,
    ...leadingKeys('alice'),
  },
]);

const both = ['dynamodb:LeadingKeys', 'dynamodb:Attributes'];
/** May name `pk`, `status` and `v`, and nothing else. */
const switcher = withRole('switcher', [
  {
    Sid: 'Switch',
    Effect: 'Allow',
    Action: ['dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:BatchWriteItem'],
    Resource: tableArn('Keys'),
    Condition: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['AK#*'] },
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'status', 'v'] },
      Null: Object.fromEntries(both.map((key) => [key, 'false'])),
    },
  },
]);

const reader = withRole('reader', [
  {
    Sid: 'ReadCurrent',
    Effect: 'Allow',
    Action: 'secretsmanager:GetSecretValue',
    Resource: `arn:aws:secretsmanager:${region}:${accountId}:secret:ring-??????`,
    Condition: { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } },
  },
  {
    Sid: 'Call',
    Effect: 'Allow',
    Action: 'lambda:InvokeFunction',
    Resource: `arn:aws:lambda:${region}:${accountId}:function:authorizer`,
  },
]);

let world: AwsWorld;
const clients: { destroy(): void }[] = [];

function dynamoOf(spec?: FunctionSpec, more: object = {}): DynamoDBClient {
  const client = new DynamoDBClient({ ...world.clientConfig(spec), maxAttempts: 1, ...more });
  clients.push(client);
  return client;
}

beforeAll(async () => {
  world = await awsWorld({
    functions: () => ({ functions: [authorizer, reader, switcher] }),
    parameters: new Map([
      ['/keyward/demo/issuer', 'https://issuer.test'],
      ['/keyward/demo/functions/admin', 'admin'],
      ['/keyward/demonstration', 'no'],
    ]),
  });
  const verification = { name: 'Verification', partitionKey: 'pk', sortKey: 'sk' };
  await createTables(world.dynamo, [verification, { name: 'Clients', partitionKey: 'id' }]);
  await createTables(world.dynamo, [{ name: 'Keys', partitionKey: 'pk' }]);
  // Once more is nothing.
  await createTables(world.dynamo, [verification]);
  world.secrets.call('CreateSecret', { Name: 'ring', SecretString: 'one' });
});

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

afterAll(async () => {
  await world.stop();
  removeCode([authorizer, reader, switcher]);
});

const item = (pk: string, sk = '1') => ({ pk: { S: pk }, sk: { S: sk } });
const put = (pk: string, sk = '1') =>
  new PutItemCommand({ TableName: 'Verification', Item: item(pk, sk) });
const get = (pk: string, sk = '1') =>
  new GetItemCommand({ TableName: 'Verification', Key: item(pk, sk) });

describe('DynamoDB', () => {
  test('serves the operator in full, and races have one winner', async () => {
    const client = dynamoOf();
    const claim = () =>
      client.send(
        new PutItemCommand({
          TableName: 'Clients',
          Item: { id: { S: 'race' } },
          ConditionExpression: 'attribute_not_exists(id)',
        }),
      );
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, claim));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason.name).toBe('ConditionalCheckFailedException');
      }
    }
    expect((await client.send(new ScanCommand({ TableName: 'Clients' }))).Count).toBe(1);
  });

  test('refuses a table that exists with other keys', async () => {
    await expect(
      createTables(world.dynamo, [{ name: 'Clients', partitionKey: 'pk' }]),
    ).rejects.toThrow(/exists with the keys id/);
  });

  test('keeps its tables in a folder where one is given', async () => {
    const path = temporaryFolder();
    const specs = [{ name: 'Kept', partitionKey: 'pk' }];
    const before = await startDynamo({ path });
    await createTables(before, specs);
    const Item = { pk: { S: 'a' } };
    await before.send('PutItem', JSON.stringify({ TableName: 'Kept', Item }));
    await before.stop();
    const after = await startDynamo({ path });
    await createTables(after, specs);
    const { body } = await after.send('GetItem', JSON.stringify({ TableName: 'Kept', Key: Item }));
    expect(JSON.parse(body.toString())).toEqual({ Item });
    await after.stop();
    rmSync(path, { recursive: true });
  });

  test('survives a client that goes away in the middle of a request', async () => {
    const { port } = new URL(world.endpoint.url);
    const socket = connect(Number(port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(
      'POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: DynamoDB_20120810.GetItem\r\ncontent-length: 100\r\n\r\n{"Tab',
    );
    socket.destroy();
    await dynamoOf().send(put('LOG#after'));
  });
});

describe('the role of a function', () => {
  const denied = { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } };

  test('lets through what it states', async () => {
    const client = dynamoOf(authorizer);
    await client.send(put('LOG#1'));
    expect((await client.send(get('LOG#1'))).Item).toEqual(item('LOG#1'));
  });

  test('refuses another action, another table and another key, naming all of it', async () => {
    const client = dynamoOf(authorizer);
    await expect(client.send(get('JWKS'))).rejects.toMatchObject({
      ...denied,
      message: expect.stringMatching(/authorizerLogical .* dynamodb:GetItem .*table\/Verification/),
    });
    await expect(client.send(put('CUT#all'))).rejects.toMatchObject(denied);
    await expect(
      client.send(new GetItemCommand({ TableName: 'Clients', Key: { id: { S: 'LOG#1' } } })),
    ).rejects.toMatchObject(denied);
    expect((await dynamoOf().send(get('CUT#all'))).Item).toBeUndefined();
    expect(world.endpoint.report().refused).toContainEqual({
      logicalId: 'authorizerLogical',
      action: 'dynamodb:GetItem',
      resource: tableArn('Verification'),
    });
    expect(world.lines.join('\n')).toMatch(/access denied: authorizerLogical/);
  });

  test.each([
    ['pk = :pk', undefined, 'LOG#1', true],
    ['#p = :pk AND begins_with(sk, :sk)', { '#p': 'pk' }, 'LOG#1', true],
    ['sk = :sk AND (pk = :pk)', undefined, 'LOG#1', true],
    [':pk = pk', undefined, 'LOG#1', true],
    ['pk = :pk', undefined, 'JWKS', false],
    ['#p=:pk AND sk>:sk', { '#p': 'pk' }, 'JWKS', false],
    ['sk = :sk AND pk = :pk', undefined, 'JWKS', false],
  ])('sees the partition key of a Query: %s', async (expression, names, pk, isAllowed) => {
    const answer = dynamoOf(authorizer).send(
      new QueryCommand({
        TableName: 'Verification',
        KeyConditionExpression: expression,
        ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
        ExpressionAttributeValues: {
          ':pk': { S: pk },
          ...(expression.includes(':sk') ? { ':sk': { S: 'LOG#1' } } : {}),
        },
      }),
    );
    if (isAllowed) expect((await answer).$metadata.httpStatusCode).toBe(200);
    else await expect(answer).rejects.toMatchObject(denied);
  });

  test('sees every partition key of a batch, and refuses all for one', async () => {
    const client = dynamoOf(authorizer);
    const read = (...keys: string[]) =>
      client.send(
        new BatchGetItemCommand({
          RequestItems: { Verification: { Keys: keys.map((pk) => item(pk)) } },
        }),
      );
    await read('LOG#1', 'CUT#1');
    await expect(read('LOG#1', 'JWKS')).rejects.toMatchObject(denied);
    const write = (...keys: string[]) =>
      client.send(
        new BatchWriteItemCommand({
          RequestItems: {
            Verification: keys.map((pk, index) =>
              index === 0
                ? { PutRequest: { Item: item(pk) } }
                : { DeleteRequest: { Key: item(pk) } },
            ),
          },
        }),
      );
    await write('LOG#2', 'LOG#1');
    await expect(write('LOG#2', 'JWKS')).rejects.toMatchObject(denied);
    await expect(write('JWKS', 'LOG#2')).rejects.toMatchObject(denied);
  });

  test('asks leave for each table of a batch', async () => {
    await expect(
      dynamoOf(authorizer).send(
        new BatchGetItemCommand({
          RequestItems: {
            Verification: { Keys: [item('LOG#1')] },
            Clients: { Keys: [{ id: { S: 'LOG#1' } }] },
          },
        }),
      ),
    ).rejects.toMatchObject(denied);
  });

  test.each<[string, object, boolean]>([
    ['what it names, with placeholders', { UpdateExpression: 'SET #s = :x' }, true],
    [
      'functions and values, which are no attributes',
      {
        UpdateExpression: 'SET #s = if_not_exists (v, :x)',
        ConditionExpression: 'attribute_not_exists(v) OR v<>:x',
      },
      true,
    ],
    ['what it names in a condition', { ConditionExpression: 'NOT (v IN (:x)) OR #s = :x' }, true],
    ['another attribute to be written', { UpdateExpression: 'SET #s = :x, secret=:x' }, false],
    ['a placeholder of another one', { UpdateExpression: 'SET #h = :x' }, false],
    ['a part of another one', { UpdateExpression: 'SET secret.v = :x' }, false],
    ['another one to be removed', { UpdateExpression: 'REMOVE secret' }, false],
    ['another one to be counted', { UpdateExpression: 'SET v = secret-:x' }, false],
    ['another one to be compared', { ConditionExpression: 'secret = :x' }, false],
    ['another one to be asked for', { ConditionExpression: 'attribute_exists( secret )' }, false],
  ])('sees the attributes of an update: %s', async (_name, expressions, isAllowed) => {
    const texts = { UpdateExpression: 'SET #s = :x', ...expressions };
    const isUsed = (name: string) => Object.values(texts).join(' ').includes(name);
    const answer = dynamoOf(switcher).send(
      new UpdateItemCommand({
        TableName: 'Keys',
        Key: { pk: { S: 'AK#1' } },
        ...texts,
        ...(isUsed('#') && {
          ExpressionAttributeNames: isUsed('#h') ? { '#h': 'hash' } : { '#s': 'status' },
        }),
        ...(isUsed(':x') && { ExpressionAttributeValues: { ':x': { S: 'x' } } }),
      }),
    );
    if (isAllowed) expect((await answer).$metadata.httpStatusCode).toBe(200);
    else await expect(answer).rejects.toMatchObject(denied);
  });

  test('sees them in what is older than expressions, in a projection and in every item of a batch', async () => {
    const client = dynamoOf(switcher);
    const Key = { pk: { S: 'AK#1' } };
    const update = (AttributeUpdates: UpdateItemCommand['input']['AttributeUpdates']) =>
      client.send(new UpdateItemCommand({ TableName: 'Keys', Key, AttributeUpdates }));
    await update({ v: { Value: { N: '1' } } });
    await expect(update({ secret: { Value: { N: '1' } } })).rejects.toMatchObject(denied);
    const read = (ProjectionExpression: string) =>
      client.send(new GetItemCommand({ TableName: 'Keys', Key, ProjectionExpression }));
    expect((await read('pk, v')).Item).toEqual({ ...Key, v: { N: '1' } });
    await expect(read('pk, secret')).rejects.toMatchObject(denied);
    const write = (...items: Record<string, { S: string }>[]) =>
      client.send(
        new BatchWriteItemCommand({
          RequestItems: { Keys: items.map((Item) => ({ PutRequest: { Item } })) },
        }),
      );
    await write({ pk: { S: 'AK#2' }, status: { S: 'x' } }, { pk: { S: 'AK#3' } });
    const other = { pk: { S: 'AK#4' }, secret: { S: 'x' } };
    await expect(write({ pk: { S: 'AK#5' } }, other)).rejects.toMatchObject(denied);
  });

  test('with a condition on leading keys never covers a Scan, which has none', async () => {
    await expect(
      dynamoOf(authorizer).send(new ScanCommand({ TableName: 'Verification' })),
    ).rejects.toMatchObject(denied);
  });

  test('needs the ARN of an index, and sees the partition key of the index', async () => {
    await dynamoOf().send(
      new CreateTableCommand({
        TableName: 'Indexed',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'owner', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'ByOwner',
            KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
    const query = (more: { IndexName?: string }, key: string, value: string) =>
      dynamoOf(authorizer).send(
        new QueryCommand({
          TableName: 'Indexed',
          KeyConditionExpression: '#key = :value',
          ExpressionAttributeNames: { '#key': key },
          ExpressionAttributeValues: { ':value': { S: value } },
          ...more,
        }),
      );
    expect((await query({ IndexName: 'ByOwner' }, 'owner', 'alice')).Count).toBe(0);
    await expect(query({ IndexName: 'ByOwner' }, 'owner', 'bob')).rejects.toMatchObject(denied);
    await expect(query({}, 'id', 'alice')).rejects.toMatchObject(denied);
  });

  test('covers the current version of a secret and no other', async () => {
    const client = new SecretsManagerClient({ ...world.clientConfig(reader), maxAttempts: 1 });
    clients.push(client);
    const read = (more: object) =>
      client.send(new GetSecretValueCommand({ SecretId: 'ring', ...more }));
    expect((await read({ VersionStage: 'AWSCURRENT' })).SecretString).toBe('one');
    const { VersionId } = await read({});
    await expect(read({ VersionStage: 'AWSPENDING' })).rejects.toMatchObject(denied);
    await expect(read({ VersionId })).rejects.toMatchObject(denied);
    const other = new GetSecretValueCommand({ SecretId: 'unknown' });
    await expect(client.send(other)).rejects.toMatchObject(denied);
  });

  test('is reported statement by statement when no call ever used it', async () => {
    const spec = withRole('idle', [
      { Sid: 'Used', Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' },
      { Sid: 'Unused', Effect: 'Allow', Action: 'dynamodb:DeleteItem', Resource: '*' },
    ]);
    const { host, accessKeyFor } = world;
    world.endpoint.serve({ functions: [spec], accessKeyFor, host });
    await dynamoOf(spec).send(get('LOG#1'));
    const unused = world.endpoint
      .report()
      .unused.filter(({ logicalId }) => logicalId === 'idleLogical');
    expect(unused.map(({ statement }) => statement.Sid)).toEqual(['Unused']);
    removeCode([spec]);
  });

  test('that is not understood stops the start, naming function and statement', () => {
    const spec = withRole('odd', [
      { Effect: 'Allow', Action: '*', Resource: '*', Condition: { NumericEquals: { a: 1 } } },
    ]);
    const { host, accessKeyFor } = world;
    expect(() => world.endpoint.serve({ functions: [spec], accessKeyFor, host })).toThrow(
      /oddLogical.*NumericEquals/s,
    );
    removeCode([spec]);
  });
});

describe('Lambda', () => {
  function lambdaOf(spec?: FunctionSpec): LambdaClient {
    const client = new LambdaClient({ ...world.clientConfig(spec), maxAttempts: 1 });
    clients.push(client);
    return client;
  }
  const payloadOf = (payload: Uint8Array | undefined): unknown =>
    JSON.parse(Buffer.from(payload ?? []).toString());

  test('answers what the function answers, by name and by ARN', async () => {
    for (const FunctionName of ['authorizer', authorizer.arn, `${authorizer.arn}:1`]) {
      const answer = await lambdaOf().send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify({ a: 1 }) }),
      );
      expect(answer.StatusCode).toBe(200);
      expect(answer.FunctionError).toBeUndefined();
      expect(payloadOf(answer.Payload)).toEqual({ got: { a: 1 } });
    }
  });

  test('says that the function failed, with 200', async () => {
    const answer = await lambdaOf().send(
      new InvokeCommand({ FunctionName: 'authorizer', Payload: '{"fail":true}' }),
    );
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(payloadOf(answer.Payload)).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'as told',
    });
  });

  test('tries without calling on a dry run', async () => {
    const dry = { InvocationType: 'DryRun' } as const;
    const answer = await lambdaOf().send(new InvokeCommand({ FunctionName: 'authorizer', ...dry }));
    expect(answer.StatusCode).toBe(204);
    await expect(
      lambdaOf().send(new InvokeCommand({ FunctionName: 'nobody', ...dry })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('lets a function call what its role names, and nothing else', async () => {
    await lambdaOf(reader).send(new InvokeCommand({ FunctionName: 'authorizer' }));
    for (const FunctionName of ['reader', 'authorizer:1']) {
      await expect(
        lambdaOf(reader).send(new InvokeCommand({ FunctionName })),
      ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    }
  });

  test('refuses what is not JSON, and asynchronous calls', async () => {
    await expect(
      lambdaOf().send(new InvokeCommand({ FunctionName: 'authorizer', Payload: '{' })),
    ).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
    await expect(
      lambdaOf().send(new InvokeCommand({ FunctionName: 'authorizer', InvocationType: 'Event' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

test('Parameter Store reads back what the template says', async () => {
  const client = new SSMClient({ ...world.clientConfig(), maxAttempts: 1 });
  clients.push(client);
  const Name = '/keyward/demo/issuer';
  expect((await client.send(new GetParameterCommand({ Name }))).Parameter).toMatchObject({
    Name,
    Value: 'https://issuer.test',
  });
  const { Parameters = [] } = await client.send(
    new GetParametersByPathCommand({ Path: '/keyward/demo', Recursive: true }),
  );
  expect(Parameters.map(({ Value }) => Value)).toEqual(['https://issuer.test', 'admin']);
  await expect(client.send(new GetParameterCommand({ Name: '/nobody' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
});

describe('a request', () => {
  function post(headers: Record<string, string>, body: string): Promise<[number, string]> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(world.endpoint.url, { method: 'POST', headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => resolve([response.statusCode ?? 0, text]));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  test.each(['DynamoDB_20120810.ListTables', 'secretsmanager.ListSecrets'])(
    'without a signature is refused: %s',
    async (target) => {
      const [status, text] = await post({ 'x-amz-target': target }, '{}');
      expect(status).toBe(400);
      expect(text).toContain('MissingAuthenticationToken');
    },
  );

  test('for an operation that nobody serves says so, also to the operator', async () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=me/20260101/x/y/aws4_request, Signature=0';
    for (const target of [
      'DynamoDB_20120810.TransactWriteItems',
      'secretsmanager.constructor',
      'AmazonSSM.PutParameter',
    ]) {
      const [status, text] = await post({ 'x-amz-target': target, authorization }, '{}');
      expect(status).toBe(400);
      expect(text).toContain('UnknownOperationException');
    }
    expect((await post({ 'x-amz-target': 'S3.GetObject', authorization }, '{}'))[0]).toBe(404);
    const [status, text] = await post(
      { 'x-amz-target': 'DynamoDB_20120810.GetItem', authorization },
      '[',
    );
    expect([status, text]).toEqual([400, expect.stringContaining('SerializationException')]);
  });
});

describe('a fault', () => {
  const undo: (() => void)[] = [];
  afterEach(() => {
    for (const takeBack of undo.splice(0)) takeBack();
  });

  function inject(fault: Fault, more: Partial<FaultRule> = {}): void {
    undo.push(world.endpoint.inject({ operation: 'dynamodb:PutItem', fault, ...more }));
  }

  async function exists(pk: string): Promise<boolean> {
    return (await dynamoOf().send(get(pk))).Item !== undefined;
  }

  test.each<[string, Fault, object, boolean]>([
    ['throttle', { kind: 'throttle' }, { name: 'ProvisionedThroughputExceededException' }, false],
    ['access-denied', { kind: 'access-denied' }, { name: 'AccessDeniedException' }, false],
    [
      '500 before',
      { kind: 'error', status: 500, when: 'before' },
      { $metadata: { httpStatusCode: 500 } },
      false,
    ],
    [
      '503 after',
      { kind: 'error', status: 503, when: 'after' },
      { $metadata: { httpStatusCode: 503 } },
      true,
    ],
    ['reset before', { kind: 'reset', when: 'before' }, { code: 'ECONNRESET' }, false],
    ['reset after', { kind: 'reset', when: 'after' }, { code: 'ECONNRESET' }, true],
    ['garbage', { kind: 'garbage' }, { name: 'SyntaxError' }, true],
    ['hang before', { kind: 'hang', when: 'before' }, { name: 'TimeoutError' }, false],
    ['hang after', { kind: 'hang', when: 'after' }, { name: 'TimeoutError' }, true],
  ])(
    'of the kind %s shows as such, and takes effect or not',
    async (name, fault, shown, isDone) => {
      inject(fault);
      const pk = `LOG#fault-${name}`;
      const client = dynamoOf(undefined, {
        requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true },
      });
      await expect(client.send(put(pk))).rejects.toMatchObject(shown);
      expect(await exists(pk)).toBe(isDone);
    },
  );

  test('of the kind truncate ends the answer in the middle', async () => {
    await dynamoOf().send(put('LOG#whole'));
    inject({ kind: 'truncate' }, { operation: 'dynamodb:GetItem', times: 1 });
    await expect(dynamoOf().send(get('LOG#whole'))).rejects.toThrow();
    expect((await dynamoOf().send(get('LOG#whole'))).Item).toBeDefined();
  });

  test('after the commit meets the retry of the SDK, which finds its own write', async () => {
    inject({ kind: 'error', status: 500, when: 'after' }, { times: 1 });
    const client = dynamoOf(undefined, { maxAttempts: 2 });
    const claim = put('LOG#claimed');
    claim.input.ConditionExpression = 'attribute_not_exists(pk)';
    await expect(client.send(claim)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
  });

  test('is limited by the body, the caller, the nth call and a number of times', async () => {
    const fault: Fault = { kind: 'throttle' };
    inject(fault, { body: /LOG#marked/ });
    inject(fault, { caller: 'authorizerLogical', nth: 2 });
    inject(fault, { operation: /^dynamodb:Update/, every: 2, times: 1 });
    const throttled = { name: 'ProvisionedThroughputExceededException' };
    const [operator, function_] = [dynamoOf(), dynamoOf(authorizer)];
    await expect(operator.send(put('LOG#marked'))).rejects.toMatchObject(throttled);
    await operator.send(put('LOG#other'));
    await function_.send(put('LOG#other'));
    await operator.send(put('LOG#other'));
    await expect(function_.send(put('LOG#other'))).rejects.toMatchObject(throttled);
    await function_.send(put('LOG#other'));
    const update = () =>
      operator.send(new UpdateItemCommand({ TableName: 'Verification', Key: item('LOG#u') }));
    await update();
    await expect(update()).rejects.toMatchObject(throttled);
    await update();
    await update();
  });

  test('ends when its rule is taken back', async () => {
    const takeBack = world.endpoint.inject({
      operation: 'dynamodb:PutItem',
      fault: { kind: 'throttle' },
    });
    await expect(dynamoOf().send(put('LOG#x'))).rejects.toThrow();
    takeBack();
    await dynamoOf().send(put('LOG#x'));
  });

  test('of latency delays and changes nothing, and goes with another one', async () => {
    inject({ kind: 'latency', milliseconds: 1, jitterMilliseconds: 1 });
    await dynamoOf().send(put('LOG#late'));
    expect(await exists('LOG#late')).toBe(true);
    inject({ kind: 'throttle' });
    await expect(dynamoOf().send(put('LOG#late'))).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
  });
});

test('stops although a request hangs', async () => {
  const other = await awsWorld();
  other.endpoint.inject({ operation: /./, fault: { kind: 'hang', when: 'after' } });
  const client = new SecretsManagerClient({ ...other.clientConfig(), maxAttempts: 1 });
  const outcome = client
    .send(new CreateSecretCommand({ Name: 'ring', SecretString: 'one' }))
    .then(() => 'answered')
    .catch(() => 'cut off');
  await vi.waitFor(() => expect(other.secrets.call('ListSecrets', {}).SecretList).toHaveLength(1));
  await other.stop();
  expect(await outcome).toBe('cut off');
  client.destroy();
});
