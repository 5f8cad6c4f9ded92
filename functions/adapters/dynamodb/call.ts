import type { RequestOptions } from 'node:http';
import { CodedError } from '../../core/coded-error.ts';
import type { Item } from './attributes.ts';
import { dynamoEndpoint } from './endpoint.ts';
import { type Exchange, exchange } from './exchange.ts';
import { sigv4 } from './sigv4.ts';

/**
 * DynamoDB could not answer. `code` is one of DynamoDB's errors that are known below, a code of Node's own, or a word of
 * ours; no text from outside is in it or in the message.
 */
export class DynamoUnavailable extends CodedError {
  override readonly name = 'DynamoUnavailable';
  override readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`DynamoDB is unavailable: ${code}`, options);
    this.code = code;
  }
}

export interface DynamoCallOptions {
  /** Credentials, region and endpoint, as Lambda sets them. Read at each call: credentials change. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All attempts together. @default 1500 */
  readonly deadlineMs?: number;
}

/** The operations that are called, and the members that each of them may answer with. */
const answered = {
  GetItem: ['Item', 'ConsumedCapacity'],
  UpdateItem: ['Attributes', 'ConsumedCapacity'],
  DeleteItem: ['ConsumedCapacity'],
  Query: ['Items', 'Count', 'ScannedCount', 'LastEvaluatedKey', 'ConsumedCapacity'],
} as const;
type Operation = keyof typeof answered;

/** What of an answer is looked at. */
export interface DynamoAnswer {
  readonly Item?: Item;
  readonly Attributes?: Item;
  readonly Items?: readonly Item[];
  /** There is more, from here on. */
  readonly LastEvaluatedKey?: Item;
}

/**
 * One operation of DynamoDB. A socket that died while the environment was frozen costs one attempt at once; throttling and
 * 5xx are tried again after a short random pause; nothing outlives the deadline. An attempt whose answer was lost may have
 * been carried out all the same, so whatever is called must bear to be repeated. Throws `DynamoUnavailable`.
 *
 * @param expected an error that is an answer too: `undefined`
 */
export type DynamoCall = (
  operation: Operation,
  input: object,
  expected?: string,
) => Promise<DynamoAnswer | undefined>;

const attemptsMax = 3;

/** Calls DynamoDB without the SDK: what a verifier's cold start can afford. */
export function dynamoCall({ env, deadlineMs = 1_500 }: DynamoCallOptions): DynamoCall {
  const sign = sigv4();

  return async (operation, input, expected) => {
    const body = JSON.stringify(input);
    const until = performance.now() + deadlineMs;
    let failure = new DynamoUnavailable('deadline');
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) break;
      let answer: Exchange;
      try {
        answer = await exchange(request(operation, body), body, leftMs, attempt > 0);
      } catch (cause) {
        failure = new DynamoUnavailable(codeOf(cause), { cause });
        continue;
      }
      if (answer.status === 200) return parsed(answer.text, operation);
      const type = errorType(answer.text);
      if (type === expected && answer.status === 400) return undefined;
      failure = new DynamoUnavailable(errorNames.has(type) ? type : 'error answer');
      if (answer.status < 500 && !/Throttl|ProvisionedThroughput|RequestLimit/.test(type)) break;
      await pause(
        Math.min(Math.random() * 50 * 2 ** attempt, Math.max(0, until - performance.now())),
      );
    }
    throw failure;
  };

  function request(
    operation: Operation,
    body: string,
  ): RequestOptions & { readonly isTls: boolean } {
    const url = dynamoEndpoint(env);
    const { AWS_REGION: region = '', AWS_SESSION_TOKEN: sessionToken } = env;
    const signed = sign(
      {
        host: url.host,
        target: `DynamoDB_20120810.${operation}`,
        contentType: 'application/x-amz-json-1.0',
        body,
      },
      {
        accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
        ...(sessionToken === undefined ? {} : { sessionToken }),
        region,
        service: 'dynamodb',
        amzDate: new Date().toISOString().replace(/[:-]|\.\d{3}/g, ''),
      },
    );
    return {
      method: 'POST',
      isTls: url.protocol === 'https:',
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
      path: '/',
      headers: { ...signed, 'content-length': Buffer.byteLength(body) },
    };
  }
}

/**
 * An answer that is not of the operation's shape is none: a proxy that says something else in JSON does not say that there
 * is no such item.
 */
function parsed(text: string, operation: Operation): DynamoAnswer {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) {
      const known: readonly string[] = answered[operation];
      const members = Object.entries(value);
      const isWhole = operation !== 'Query' || Array.isArray(value.Items);
      if (isWhole && members.every(([name, one]) => known.includes(name) && isOfForm(name, one))) {
        return value;
      }
    }
  } catch {
    // Below.
  }
  throw new DynamoUnavailable('malformed answer');
}

function isOfForm(member: string, value: unknown): boolean {
  if (member === 'Items') return Array.isArray(value) && value.every(isObject);
  return member.endsWith('Count') ? typeof value === 'number' : isObject(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function errorType(text: string): string {
  return /"__type"\s*:\s*"(?:[^"#]*#)?([A-Za-z]{1,60})"/.exec(text)?.[1] ?? '';
}

/** Errors of DynamoDB, and of AWS in front of it, by the names that are written down. */
const errorNames: ReadonlySet<string> = new Set([
  ...['AccessDeniedException', 'ExpiredTokenException', 'IncompleteSignatureException'],
  ...['InvalidSignatureException', 'MissingAuthenticationTokenException'],
  ...['UnrecognizedClientException', 'ConditionalCheckFailedException', 'InternalServerError'],
  ...['LimitExceededException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'],
  ...['ResourceNotFoundException', 'ServiceUnavailable', 'ServiceUnavailableException'],
  ...['ThrottlingException', 'TransactionConflictException', 'ValidationException'],
]);

function codeOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z_]{1,40}$/.test(code) ? code : 'no answer';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
