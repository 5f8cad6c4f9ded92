/**
 * What the parts of the runner ask of each other. A hosted world is one cloud assembly: its functions, the AWS
 * endpoint that they talk to, and the gateways in front of them.
 */

/** A Lambda function as the template describes it, every intrinsic resolved. */
export interface FunctionSpec {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Statements of the function's role, as the template states them, intrinsics resolved. */
  readonly policies: readonly PolicyDocument[];
  readonly codeDirectory: string;
  /** `index.handler` */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One `AWS::Lambda::Permission`, resolved. */
export interface InvokePermission {
  readonly functionName: string;
  readonly action: string;
  /** `apigateway.amazonaws.com` and the like. */
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** Who calls a function: a service on behalf of a resource, or a signed caller that was already authorized. */
export type Invoker =
  | { readonly service: string; readonly sourceArn: string; readonly sourceAccount: string }
  | { readonly service: null };

export type InvocationResult =
  /** The handler answered; `payload` is its JSON text. */
  | { readonly kind: 'answer'; readonly payload: string }
  /** The handler threw, timed out, or its process died: what Lambda reports as a function error. */
  | {
      readonly kind: 'function-error';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly payload: string;
    }
  /** The function's resource policy does not let this invoker in, or there is no such function. */
  | { readonly kind: 'refused'; readonly reason: 'no-permission' | 'no-function' };

/** Runs functions the way Lambda does: a process per environment, one invocation at a time in each. */
export interface FunctionHost {
  /** @param nameOrArn function name or ARN, qualified or not */
  invoke(nameOrArn: string, payload: string, invoker: Invoker): Promise<InvocationResult>;
  stop(): Promise<void>;
}

/** One line of the runner's own log, written to stderr for a person, as JSON where the caller wants it. */
export type Log = (line: string) => void;
