import type { AccessRequest } from '../iam/policy.ts';

/** One call of an AWS service, read to its end and parsed as far as the protocol goes. */
export interface AwsCall {
  /** `GetItem`, as the service spells it. */
  readonly operation: string;
  /** Where the call went, on any host. */
  readonly url: URL;
  /** The JSON members of the body; empty where the body is not JSON. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface AwsReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** One emulated service behind the endpoint. */
export interface AwsService {
  /** `dynamodb`, as in its action names. */
  readonly prefix: string;
  /** All of it must be allowed. May throw an `AwsError` for a call that cannot be understood. */
  neededAccess(call: AwsCall): Promise<readonly AccessRequest[]>;
  /** Executes the call. May throw an `AwsError`. */
  answer(call: AwsCall): Promise<AwsReply>;
  /** How this service words an error. */
  errorReply(name: string, message: string, status: number): AwsReply;
}

/** A service whose operations are told apart by verb and path, where the others name theirs in a header. */
export interface PathService extends AwsService {
  /** The operation that is asked for; `undefined` where it is none that this service has. */
  operationAt(method: string, url: URL): string | undefined;
}
