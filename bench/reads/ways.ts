import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamoReader } from '../../functions/adapters/dynamodb/reader.ts';
import { bareRead } from './bare.ts';
import { body, type Environment, input, type Read, target } from './request.ts';
import { item } from './stub.ts';

/** A way to read. */
export interface Way {
  readonly name: string;
  /** @default true */
  readonly isSigning?: boolean;
  /** With a connection of its own, that is kept. */
  readonly reading: (endpoint: URL, env: Environment) => Read;
}

/** The first is the floor. */
export const ways: readonly Way[] = [
  { name: 'bare signed request on one socket', reading: bareRead },
  { name: 'node:http(s), unsigned', isSigning: false, reading: unsignedRead },
  { name: 'keyward', reading: ourRead },
  {
    name: 'client-dynamodb, defaults',
    reading: (endpoint) => sdkRead(new DynamoDBClient({ endpoint: endpoint.href })),
  },
  { name: 'client-dynamodb, all of it configured', reading: configuredRead },
];

function ourRead(endpoint: URL, env: Environment): Read {
  const reader = dynamoReader({ env: { ...env, AWS_ENDPOINT_URL: endpoint.href } });
  return () => reader.getItem('clients', { pk: String(item.pk) });
}

function unsignedRead({ hostname, port, protocol }: URL): Read {
  const isTls = protocol === 'https:';
  const agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true });
  const request = isTls ? httpsRequest : httpRequest;
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': target,
    'content-length': body.length,
  };
  return () =>
    new Promise((resolve, reject) => {
      const call = request(
        { method: 'POST', hostname, port, path: '/', headers, agent },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => {
            text += chunk;
          });
          answer.once('end', () => {
            if (answer.statusCode === 200) resolve(JSON.parse(text).Item);
            else reject(new Error(text));
          });
        },
      );
      call.once('error', reject);
      call.end(body);
    });
}

/** Nothing left to be found out at the first call, or at any. */
function configuredRead(endpoint: URL, env: Environment): Read {
  return sdkRead(
    new DynamoDBClient({
      endpoint: endpoint.href,
      region: env.AWS_REGION,
      credentials: {
        accessKeyId: env.AWS_ACCESS_KEY_ID,
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
        sessionToken: env.AWS_SESSION_TOKEN,
      },
      maxAttempts: 3,
      retryMode: 'standard',
      defaultsMode: 'standard',
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      requestHandler: {
        httpAgent: new HttpAgent({ keepAlive: true }),
        httpsAgent: new HttpsAgent({ keepAlive: true }),
      },
    }),
  );
}

function sdkRead(client: DynamoDBClient): Read {
  return async () => (await client.send(new GetItemCommand(input))).Item;
}
