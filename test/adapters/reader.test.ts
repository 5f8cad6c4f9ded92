import { Sha256 } from '@aws-crypto/sha256-js';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, describe, expect, test } from 'vitest';
import { serviceEndpoint } from '../../functions/adapters/aws/endpoint.ts';
import { dynamoReader } from '../../functions/adapters/dynamodb/reader.ts';
import {
  httpAnswer,
  type ScriptedAnswer,
  type ScriptedServer,
  scriptedServer,
} from '../support/scripted-server.ts';

const found = httpAnswer(200, '{"Item":{"pk":{"S":"a"},"n":{"N":"7"}}}');
const item = { pk: 'a', n: 7 };
const error = (status: number, type: string) =>
  httpAnswer(status, JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}` }));
const credentials = {
  AWS_ACCESS_KEY_ID: 'CANARYID',
  AWS_SECRET_ACCESS_KEY: 'CANARYSECRET',
  AWS_SESSION_TOKEN: 'CANARYTOKEN',
};

const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function serverWith(...script: ScriptedAnswer[]): Promise<ScriptedServer> {
  const server = await scriptedServer(...script);
  servers.push(server);
  return server;
}

function environment(server: ScriptedServer): Record<string, string> {
  return { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_DYNAMODB: server.url, ...credentials };
}

async function readerOf(...script: ScriptedAnswer[]) {
  const server = await serverWith(...script);
  const reader = dynamoReader({ env: environment(server), deadlineMs: 10_000 });
  return { server, read: () => reader.getItem('CANARYTABLE', { pk: 'CANARYKEY' }) };
}

/** The failure of a call that must fail, searched for everything that the exchange held. */
async function failureOf(call: Promise<unknown>): Promise<Error & { readonly code: unknown }> {
  const failure = await call.then(
    () => expect.fail('there was an answer'),
    (cause: unknown) => cause,
  );
  if (!(failure instanceof Error && 'code' in failure)) throw failure;
  for (let cause: unknown = failure; cause instanceof Error; cause = cause.cause) {
    expect(`${cause.message} ${'code' in cause ? cause.code : ''}`).not.toContain('CANARY');
  }
  expect(failure.message).toBe(`DynamoDB is unavailable: ${failure.code}`);
  return failure;
}

describe('a read', () => {
  test('is strongly consistent, and signed as the SDK would sign what arrived', async () => {
    const { server, read } = await readerOf(found);
    expect(await read()).toEqual(item);
    const [{ headers, body } = expect.fail()] = server.requests;
    expect(JSON.parse(body)).toEqual({
      TableName: 'CANARYTABLE',
      Key: { pk: { S: 'CANARYKEY' } },
      ConsistentRead: true,
    });
    const signedNames = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1];
    const signed = Object.entries(headers).filter(([name]) =>
      signedNames?.split(';').includes(name),
    );
    const [year, month, day, hour, minute, second] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date'] ?? '')?.slice(1) ?? [];
    const expected = await new SignatureV4({
      service: 'dynamodb',
      region: 'eu-west-1',
      sha256: Sha256,
      applyChecksum: false,
      credentials: {
        accessKeyId: 'CANARYID',
        secretAccessKey: 'CANARYSECRET',
        sessionToken: 'CANARYTOKEN',
      },
    }).sign(
      {
        method: 'POST',
        protocol: 'http:',
        hostname: '127.0.0.1',
        path: '/',
        headers: Object.fromEntries(signed),
        body,
      },
      { signingDate: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) },
    );
    expect(headers.authorization).toBe(expected.headers.authorization);
  });

  test('of what is not there is undefined', async () => {
    for (const body of ['{}', '{"ConsumedCapacity":{"TableName":"t","CapacityUnits":1}}']) {
      const { read } = await readerOf(httpAnswer(200, body));
      expect(await read()).toBeUndefined();
    }
  });

  test('takes the connection of the one before', async () => {
    const { server, read } = await readerOf(found);
    await read();
    await read();
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1]);
  });

  test('takes credentials, region and endpoint as they are at each call', async () => {
    const [first, second] = [await serverWith(found), await serverWith(found)];
    const env: Record<string, string | undefined> = environment(first);
    const reader = dynamoReader({ env });
    await reader.getItem('t', { pk: 'a' });
    env.AWS_SECRET_ACCESS_KEY = 'another';
    await reader.getItem('t', { pk: 'a' });
    Object.assign(env, { AWS_ACCESS_KEY_ID: 'OTHERID', AWS_REGION: 'us-east-1' });
    delete env.AWS_SESSION_TOKEN;
    env.AWS_ENDPOINT_URL_DYNAMODB = second.url;
    await reader.getItem('t', { pk: 'a' });
    const [one, two] = first.requests.map(({ headers }) => headers);
    const [three] = second.requests.map(({ headers }) => headers);
    expect(one?.authorization).toContain('Credential=CANARYID/');
    expect(one?.['x-amz-security-token']).toBe('CANARYTOKEN');
    expect(two?.authorization).not.toBe(one?.authorization);
    expect(three?.authorization).toMatch(/Credential=OTHERID\/\d{8}\/us-east-1\/dynamodb\//);
    expect(three).not.toHaveProperty('x-amz-security-token');
  });
});

describe('a read that meets trouble', () => {
  test('on a kept connection that is reset goes over a fresh one', async () => {
    const { server, read } = await readerOf(found, (socket) => socket.resetAndDestroy(), found);
    await read();
    expect(await read()).toEqual(item);
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });

  test('keeps the fresh connection for the next one', async () => {
    const { server, read } = await readerOf(found, (socket) => socket.resetAndDestroy(), found);
    for (let reads = 0; reads < 3; reads += 1) expect(await read()).toEqual(item);
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1, 2, 2]);
  });

  test('goes over no other kept connection: after a freeze all of them are dead', async () => {
    const known = new Set<unknown>();
    const { server, read } = await readerOf((socket) => {
      if (known.has(socket)) socket.resetAndDestroy();
      else socket.write(found);
      known.add(socket);
    });
    await Promise.all(Array.from({ length: 4 }, read));
    expect(await read()).toEqual(item);
    expect(server.requests.map(({ connection }) => connection).slice(5)).toEqual([5]);
  });

  test('on a kept connection that was closed meanwhile goes over a fresh one', async () => {
    const { server, read } = await readerOf((socket) => socket.end(found), found);
    await read();
    await expect.poll(() => server.open.size, { timeout: 10_000 }).toBe(0);
    expect(await read()).toEqual(item);
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  const passing: readonly (readonly [number, string])[] = [
    [400, 'ThrottlingException'],
    [400, 'ProvisionedThroughputExceededException'],
    [400, 'RequestLimitExceeded'],
    [500, 'InternalServerError'],
    [503, 'ServiceUnavailable'],
  ];
  test.each(passing)('%i %s is repeated twice at most', async (status, type) => {
    const trouble = error(status, type);
    const healed = await readerOf(trouble, trouble, found);
    expect(await healed.read()).toEqual(item);
    const lasting = await readerOf(trouble, trouble, trouble, found);
    expect((await failureOf(lasting.read())).code).toBe(type);
    expect(lasting.server.requests).toHaveLength(3);
  });

  test.each([
    'AccessDeniedException',
    'ValidationException',
    'ResourceNotFoundException',
    'UnrecognizedClientException',
    'ExpiredTokenException',
  ])('400 %s is final', async (type) => {
    const { server, read } = await readerOf(error(400, type), found);
    expect((await failureOf(read())).code).toBe(type);
    expect(server.requests).toHaveLength(1);
  });

  test('an error that is not named as DynamoDB names its errors is not repeated in ours', async () => {
    for (const body of [
      'CANARY',
      '{"__type":"CANARY"}',
      '{"__type":"CANARY 1"}',
      '{"__type":"a#CANARY<b>"}',
      '',
    ]) {
      const { read } = await readerOf(httpAnswer(400, body));
      expect((await failureOf(read())).code).toBe('error answer');
    }
  });

  test('nobody listening is a failure of the connection', async () => {
    const { server, read } = await readerOf(found);
    await server.stop();
    expect((await failureOf(read())).code).toBe('ECONNREFUSED');
  });

  test('an endpoint that is no URL is a failure too', async () => {
    const env = { ...credentials, AWS_ENDPOINT_URL: 'CANARY' };
    expect((await failureOf(dynamoReader({ env }).getItem('t', { pk: 'a' }))).code).toBe(
      'ERR_INVALID_URL',
    );
  });

  const slow: readonly (readonly [string, ScriptedAnswer])[] = [
    ['never comes', () => undefined],
    ['has a head and no body', 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n'],
    ['stops in the middle', 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"Item":'],
    ['stops between chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n'],
  ];
  test.each(slow)('an answer that %s ends at the deadline', async (_, answer) => {
    const server = await serverWith(answer);
    const reader = dynamoReader({ env: environment(server), deadlineMs: 60 });
    expect((await failureOf(reader.getItem('t', { pk: 'a' }))).code).toBe('no answer');
    await expect.poll(() => server.open.size, { timeout: 10_000 }).toBe(0);
  });

  test('pauses and repetitions end at the deadline as well', async () => {
    const server = await serverWith(error(503, 'ServiceUnavailable'), () => undefined);
    const reader = dynamoReader({ env: environment(server), deadlineMs: 100 });
    const { code } = await failureOf(reader.getItem('t', { pk: 'a' }));
    expect(code).toMatch(/^(no answer|ServiceUnavailable)$/);
    await expect.poll(() => server.open.size, { timeout: 10_000 }).toBeLessThanOrEqual(1);
  });

  const cut: readonly (readonly [string, ScriptedAnswer])[] = [
    ['is cut off in its head', (socket) => socket.end('HTTP/1.1 200 OK\r\ncont')],
    [
      'is cut off in its body',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n{"Item":{"CANARY"'),
    ],
    [
      'is cut off between chunks, where it would be JSON',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'),
    ],
    ['is not HTTP', 'CANARY\r\n\r\n'],
    ['is larger than any of DynamoDB', httpAnswer(200, `{"CANARY":"${'x'.repeat(2 ** 21)}"}`)],
  ];
  test.each(cut)('an answer that %s is repeated, and is never an answer', async (_, answer) => {
    const { server, read } = await readerOf(answer);
    expect((await failureOf(read())).code).toMatch(/^(no answer|ECONNRESET|HPE_[A-Z_]+)$/);
    expect(server.requests).toHaveLength(3);
  });

  test.each([
    '',
    'CANARY',
    '<html>CANARY</html>',
    '{"Item":{"CANARY":{"S":"CANARY"}}',
    'null',
    '"CANARY"',
    '7',
    '[]',
    '[{"Item":{}}]',
    '{"Item":null}',
    '{"Item":"CANARY"}',
    '{"Item":[]}',
    '{"message":"CANARY"}',
    '{"Message":null}',
    '{"__type":"com.amazonaws.dynamodb.v20120810#CANARY"}',
    '{"Item":{"pk":{"S":"a"}},"CANARY":1}',
    '{"Attributes":{"pk":{"S":"a"}}}',
    '{"item":{"pk":{"S":"a"}}}',
    '{"ConsumedCapacity":7}',
  ])('an answer of 200 with %j is not "there is no such item"', async (body) => {
    const { server, read } = await readerOf(httpAnswer(200, body));
    expect((await failureOf(read())).code).toBe('malformed answer');
    expect(server.requests).toHaveLength(1);
  });

  test('an item with attributes that are none throws, and names none of them', async () => {
    for (const attribute of ['"CANARY"', '{"S":7}', '{"X":"CANARY"}', '{"N":"CANARY"}']) {
      const { read } = await readerOf(httpAnswer(200, `{"Item":{"CANARY":${attribute}}}`));
      const failure = await read().catch((cause: unknown) => cause);
      expect(failure).toBeInstanceOf(TypeError);
      expect(String(failure)).not.toContain('CANARY');
    }
  });
});

describe('the endpoint', () => {
  const all = {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:2',
  };

  test('is the one of the service, else the one of all services, else the one of the region', () => {
    expect(serviceEndpoint('dynamodb', all).href).toBe('http://127.0.0.1:2/');
    for (const unset of [undefined, '']) {
      const general = { ...all, AWS_ENDPOINT_URL_DYNAMODB: unset };
      expect(serviceEndpoint('dynamodb', general).href).toBe('http://127.0.0.1:1/');
      const regional = { ...general, AWS_ENDPOINT_URL: unset };
      expect(serviceEndpoint('dynamodb', regional).href).toBe(
        'https://dynamodb.eu-west-1.amazonaws.com/',
      );
    }
  });

  test.each([
    'us-east-1',
    'eu-central-1',
    'ap-southeast-7',
    'us-gov-west-1',
    'cn-north-1',
    'cn-northwest-1',
    'eusc-de-east-1',
  ])('of %s is the one of the SDK', (region) => {
    const client = new DynamoDBClient({ region });
    const { endpointProvider } = client.config;
    expect(serviceEndpoint('dynamodb', { AWS_REGION: region }).href).toBe(
      endpointProvider({ Region: region }).url.href,
    );
    client.destroy();
  });
});
