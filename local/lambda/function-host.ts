import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import type {
  FunctionHost,
  FunctionSpec,
  InvocationResult,
  InvokePermission,
  Invoker,
} from '../contracts.ts';
import type { AccessKey } from '../iam/access-keys.ts';
import { requestBytesMax } from './execution-environment.ts';
import { parseFunctionName } from './function-name.ts';
import { type FunctionPool, functionPool } from './function-pool.ts';
import { functionError } from './invocation.ts';
import { compilePermissions } from './invoke-permission.ts';

export interface FunctionHostOptions {
  readonly functions: readonly FunctionSpec[];
  readonly permissions: readonly InvokePermission[];
  /** Where the functions find all of AWS. */
  readonly endpointUrl: string;
  readonly region: string;
  readonly accessKeyFor: (spec: FunctionSpec) => AccessKey;
  /** One line that a function wrote to stdout or stderr, or that the host says about it. */
  readonly log: (line: string, logicalId: string) => void;
  /** @default 10 */
  readonly environmentsMax?: number;
  /** @default 10, as on Lambda */
  readonly initSeconds?: number;
}

/** A host that can also say, without a call, whether it would let somebody call. */
export interface LambdaHost extends FunctionHost {
  check(nameOrArn: string, invoker: Invoker): 'allowed' | 'no-permission' | 'no-function';
}

/**
 * Hosts functions in processes of their own. A function is called by its name or ARN; a version or an alias runs the
 * same code and differs in the permissions that count for it and in what the context says.
 */
export function functionHost(options: FunctionHostOptions): LambdaHost {
  const { environmentsMax = 10, initSeconds = 10 } = options;
  const mayInvoke = compilePermissions(options.permissions);
  const hosted = new Map<string, { readonly spec: FunctionSpec; readonly pool: FunctionPool }>();
  for (const spec of options.functions) {
    const pool = functionPool({
      spec,
      variables: () => variablesOf(spec, options),
      environmentsMax,
      initSeconds,
      output: (line) => options.log(line, spec.logicalId),
    });
    hosted.set(spec.name, { spec, pool });
  }

  function check(nameOrArn: string, invoker: Invoker): 'allowed' | 'no-permission' | 'no-function' {
    const target = parseFunctionName(nameOrArn);
    const found = hosted.get(target.name);
    if (found === undefined) return 'no-function';
    // An ARN of another account or region is another function, whatever its name.
    const isWhole = nameOrArn.startsWith('arn:');
    if (isWhole && !`${nameOrArn}:`.startsWith(`${found.spec.arn}:`)) return 'no-function';
    return mayInvoke(target, invoker) ? 'allowed' : 'no-permission';
  }

  return {
    check,
    async invoke(nameOrArn, payload, invoker) {
      const verdict = check(nameOrArn, invoker);
      const { name, qualifier } = parseFunctionName(nameOrArn);
      const found = hosted.get(name);
      if (found === undefined || verdict === 'no-function') {
        return { kind: 'refused', reason: 'no-function' };
      }
      if (verdict === 'no-permission') {
        const who = invoker.service === null ? '' : `${invoker.service} for ${invoker.sourceArn}`;
        options.log(`refused: ${who} may not invoke ${nameOrArn}`, found.spec.logicalId);
        return { kind: 'refused', reason: verdict };
      }
      if (Buffer.byteLength(payload) > requestBytesMax) {
        return functionError(
          'RequestEntityTooLargeException',
          `Request must be smaller than ${requestBytesMax} bytes for the InvokeFunction operation`,
        );
      }
      const { promise, resolve } = Promise.withResolvers<InvocationResult>();
      found.pool.submit({
        requestId: randomUUID(),
        payload,
        invokedArn: qualifier === undefined ? found.spec.arn : `${found.spec.arn}:${qualifier}`,
        settle: resolve,
      });
      return promise;
    },
    async stop() {
      await Promise.all([...hosted.values()].map(({ pool }) => pool.stop()));
    },
  };
}

/**
 * The whole environment of a process: what the template says, what Lambda adds, and the two that keep a local run
 * away from every real account. Nothing is inherited but `PATH`.
 */
function variablesOf(
  spec: FunctionSpec,
  { region, endpointUrl, accessKeyFor }: FunctionHostOptions,
): Readonly<Record<string, string>> {
  const key = accessKeyFor(spec);
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    PATH: process.env.PATH ?? dirname(process.execPath),
    ...spec.environment,
    TZ: ':UTC',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMiB),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: spec.codeDirectory,
    _HANDLER: spec.handler,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    ...(key.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: key.sessionToken }),
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
