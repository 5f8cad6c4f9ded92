import { CodedError } from '../../core/coded-error.ts';
import { type SignedCallOptions, type SignedService, signedCall } from '../aws/signed-call.ts';
import type { Item } from './attributes.ts';

/** DynamoDB could not answer. */
export class DynamoUnavailable extends CodedError {
  override readonly name = 'DynamoUnavailable';
  override readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`DynamoDB is unavailable: ${code}`, options);
    this.code = code;
  }
}

export type DynamoCallOptions = SignedCallOptions;

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
 * One operation of DynamoDB. Throws `DynamoUnavailable`. What is called must bear to be repeated.
 *
 * @param expected an error that is an answer too: `undefined`
 */
export type DynamoCall = (
  operation: Operation,
  input: object,
  expected?: string,
) => Promise<DynamoAnswer | undefined>;

const dynamo: SignedService = {
  ...{ name: 'dynamodb', protocol: '1.0', target: 'DynamoDB_20120810' },
  unavailable: (code: string, options?: ErrorOptions) => new DynamoUnavailable(code, options),
};

/** Calls DynamoDB without the SDK. */
export function dynamoCall(options: DynamoCallOptions): DynamoCall {
  const call = signedCall(dynamo, options);
  return async (operation, input, expected) => {
    const answer = await call(operation, input, expected);
    return answer === undefined ? undefined : checked(answer, operation);
  };
}

/**
 * An answer that is not of the operation's shape is none: a proxy that says something else in JSON does not say that there
 * is no such item.
 */
function checked(value: unknown, operation: Operation): DynamoAnswer {
  if (isObject(value)) {
    const known: readonly string[] = answered[operation];
    const members = Object.entries(value);
    const isWhole = operation !== 'Query' || Array.isArray(value.Items);
    if (isWhole && members.every(([name, one]) => known.includes(name) && isOfForm(name, one))) {
      return value;
    }
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
