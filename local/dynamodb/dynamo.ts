/**
 * DynamoDB by dynalite, on a port that nobody but this module is told: a client that disconnects in the middle of a
 * request would end the process that hosts dynalite, so every request is read to its end before it is forwarded.
 */
import { Agent, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import dynalite from 'dynalite';
import { AwsError } from '../aws/aws-error.ts';
import type { AwsReply } from '../aws/aws-service.ts';

export interface Dynamo {
  /** Executes one operation, given and answered as JSON text. */
  send(operation: string, body: string | Buffer): Promise<AwsReply>;
  /** Name of the partition key of a table, or of one of its indexes; `undefined` when there is no such thing. */
  partitionKey(table: string, index?: string): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** @param options.path folder to keep the tables in; without it they live in memory */
export async function startDynamo(options: { readonly path?: string } = {}): Promise<Dynamo> {
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(options.path === undefined ? {} : { path: options.path }),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const partitionKeys = new Map<string, string | undefined>();
  let underWay = 0;

  const dynamo: Dynamo = {
    async send(operation, body) {
      underWay += 1;
      try {
        const reply = await forward(agent, port, operation, body);
        if (/^(Create|Update|Delete)Table$/.test(operation)) partitionKeys.clear();
        return reply;
      } finally {
        underWay -= 1;
      }
    },
    async partitionKey(table, index) {
      const key = JSON.stringify([table, index]);
      const known = partitionKeys.get(key);
      if (known !== undefined) return known;
      const reply = await dynamo.send('DescribeTable', JSON.stringify({ TableName: table }));
      if (reply.status !== 200) return undefined;
      const found = partitionKeyOf(JSON.parse(reply.body.toString()) as Described, index);
      if (found !== undefined) partitionKeys.set(key, found);
      return found;
    },
    async stop() {
      while (underWay > 0) await setImmediate();
      agent.destroy();
      await new Promise<void>((resolve, reject) => {
        server.close((error) =>
          error === undefined || error === null ? resolve() : reject(error),
        );
        server.closeAllConnections();
      });
    },
  };
  return dynamo;
}

interface KeySchema {
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
}

interface Described {
  readonly Table: KeySchema & {
    readonly GlobalSecondaryIndexes?: readonly (KeySchema & { readonly IndexName: string })[];
    readonly LocalSecondaryIndexes?: readonly (KeySchema & { readonly IndexName: string })[];
  };
}

function partitionKeyOf({ Table }: Described, index: string | undefined): string | undefined {
  const indexes = [...(Table.GlobalSecondaryIndexes ?? []), ...(Table.LocalSecondaryIndexes ?? [])];
  const described =
    index === undefined ? Table : indexes.find(({ IndexName }) => IndexName === index);
  return described?.KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
}

/** dynalite asks for a signature and does not check it: whoever gets here was checked by the endpoint. */
const signature =
  'AWS4-HMAC-SHA256 Credential=local/20000101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

function forward(
  agent: Agent,
  port: number,
  operation: string,
  body: string | Buffer,
): Promise<AwsReply> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(new AwsError('InternalServerError', `dynalite did not answer: ${cause.message}`, 500));
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'content-length': Buffer.byteLength(body),
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-amz-date': '20000101T000000Z',
          authorization: signature,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          const headers: Record<string, string> = {};
          for (const name of ['content-type', 'x-amzn-requestid', 'x-amz-crc32']) {
            const value = response.headers[name];
            if (typeof value === 'string') headers[name] = value;
          }
          resolve({ status: response.statusCode ?? 500, headers, body: Buffer.concat(chunks) });
        });
      },
    );
    request.on('error', fail);
    request.end(body);
  });
}
