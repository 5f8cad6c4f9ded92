import { text } from 'node:stream/consumers';
import { toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { type RecordKind, recordKey } from '../../functions/core/records/record-kind.ts';
import { type Loopback, loopback, type ServerIdentity } from '../measure/loopback.ts';

/** A stored item in DynamoDB's wire form, and the table that it lies in. */
export interface StoredItem {
  readonly table: string;
  readonly pk: string;
  readonly item: object;
}

/** A record of the Clients table. */
export function stored<T extends object>(kind: RecordKind<T>, record: T): StoredItem {
  const pk = recordKey(kind, kind.idOf(record));
  const item = toItem({ ...record, pk, v: kind.schema, revision: 1 });
  return { table: 'clients', pk, item };
}

/** The answer to a call, or `undefined` where it is none that is answered here. @param input of the call */
export type Answerer = (operation: string, input: object) => string | undefined;

/**
 * As much of DynamoDB and Secrets Manager as our functions ask for, over loopback: it knows items by their partition key,
 * secrets by their ids, each with one version, and takes every update.
 */
export interface FakeTable extends Loopback {
  /** How often it was asked. */
  readonly calls: number;
  put(items: readonly StoredItem[]): void;
  putSecret(id: string, text: string): void;
}

export interface FakeTableOptions {
  /** Serves TLS with it. @default no TLS */
  readonly identity?: ServerIdentity | undefined;
  /** What else is served; comes before what the table would say. @default nothing */
  readonly first?: Answerer;
}

export async function fakeTable({
  identity,
  first = () => undefined,
}: FakeTableOptions = {}): Promise<FakeTable> {
  const items = new Map<string, object>();
  const secrets = new Map<string, string>();
  let calls = 0;
  const server = await loopback(async (request, response) => {
    calls += 1;
    const input = JSON.parse(await text(request)) as {
      readonly TableName: string;
      readonly Key?: { readonly pk: { readonly S: string } };
      readonly SecretId?: string;
    };
    const { TableName, Key, SecretId } = input;
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const answer = first(operation, input);
    if (answer !== undefined) return response.end(answer);
    if (SecretId !== undefined) return response.end(JSON.stringify(secretAnswer(SecretId)));
    // Nothing is revoked.
    if (operation === 'Query') return response.end('{"Items":[],"Count":0,"ScannedCount":0}');
    const Item = operation === 'GetItem' ? items.get(`${TableName} ${Key?.pk.S}`) : undefined;
    return response.end(JSON.stringify({ Item }));
  }, identity);
  return {
    ...server,
    get calls() {
      return calls;
    },
    putSecret(id, text) {
      secrets.set(id, text);
    },
    put(stored) {
      for (const { table, pk, item } of stored) items.set(`${table} ${pk}`, item);
    },
  };

  /** To GetSecretValue and DescribeSecret alike. */
  function secretAnswer(id: string): object {
    const SecretString = secrets.get(id);
    if (SecretString === undefined) return { __type: 'ResourceNotFoundException' };
    const stages = ['AWSCURRENT'];
    return {
      ...{ SecretString, VersionId: 'v0', VersionStages: stages },
      VersionIdsToStages: { v0: stages },
    };
  }
}
