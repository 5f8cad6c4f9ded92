/** Secrets Manager as far as rotation needs it: honest labels, pending versions without a value, four steps. */
import { AwsError } from '../aws/aws-error.ts';
import type { AwsService } from '../aws/aws-service.ts';
import { jsonReply } from '../aws/json-reply.ts';
import type { Log } from '../contracts.ts';
import type { AccessRequest } from '../iam/policy.ts';
import type { LambdaHost } from '../lambda/function-host.ts';
import type { Input } from './input.ts';
import { lifecycleOperations } from './lifecycle-operations.ts';
import { type RetryPolicy, rotationEngine } from './rotation.ts';
import { secretStore } from './secret-store.ts';
import { type Operation, valueOperations } from './value-operations.ts';

export interface SecretsManagerOptions {
  readonly region: string;
  readonly accountId: string;
  readonly log: Log;
  /** Where to keep the secrets; without it they live in memory. */
  readonly file?: string;
  /** @default 5 attempts, a minute apart */
  readonly retries?: RetryPolicy;
  /** @default the system's clock */
  readonly nowSeconds?: () => number;
}

export interface SecretsManager {
  readonly service: AwsService;
  /** Executes an operation for the runner itself. @throws AwsError */
  call(operation: string, input: Input): Readonly<Record<string, unknown>>;
  /** From now on rotation functions are found in this host, and what is due is rotated. */
  start(host: LambdaHost): void;
  /** Settles when no rotation of this secret runs and no retry is planned. */
  rotationSettled(secretId: string): Promise<void>;
  stop(): Promise<void>;
}

export function secretsManager(options: SecretsManagerOptions): SecretsManager {
  const { region, accountId, log, retries = { attempts: 5, gapSeconds: 60 } } = options;
  const nowSeconds = options.nowSeconds ?? (() => Math.floor(Date.now() / 1000));
  const store = secretStore({ ...options, nowSeconds });
  let host: LambdaHost | undefined;

  const engine = rotationEngine({
    store,
    accountId,
    nowSeconds,
    retries,
    log,
    invoke: async (...call) =>
      host === undefined ? { kind: 'refused', reason: 'no-function' } : host.invoke(...call),
  });
  const operations: Readonly<Record<string, Operation>> = {
    ...valueOperations(store, nowSeconds),
    ...lifecycleOperations({
      store,
      engine,
      accountId,
      nowSeconds,
      check: (...call) => host?.check(...call) ?? 'no-function',
    }),
  };

  function call(operation: string, input: Input): Readonly<Record<string, unknown>> {
    const execute = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (execute === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `the local Secrets Manager does not know ${operation}`,
      );
    }
    const output = execute(input);
    store.save();
    return output;
  }

  const contentType = 'application/x-amz-json-1.1';
  return {
    service: {
      prefix: 'secretsmanager',
      async neededAccess({ operation, input }) {
        return [neededAccess(operation, input)];
      },
      async answer({ operation, input }) {
        return jsonReply(200, contentType, call(operation, input));
      },
      errorReply: (name, message, status) =>
        jsonReply(status, contentType, { __type: name, message, Message: message }),
    },
    call,
    start(started) {
      host = started;
      for (const secret of store.all()) engine.arm(secret);
    },
    rotationSettled: (secretId) => engine.settled(store.get(secretId)),
    stop: () => engine.stop(),
  };

  function neededAccess(operation: string, input: Input): AccessRequest {
    const action = `secretsmanager:${operation}`;
    if (operation === 'ListSecrets') return { action, resource: '*', context: {} };
    const secretId = String(input.SecretId ?? input.Name ?? '');
    const resource =
      store.find(secretId)?.arn ??
      (secretId.startsWith('arn:')
        ? secretId
        : `arn:aws:secretsmanager:${region}:${accountId}:secret:${secretId}`);
    const stage = versionStage(operation, input);
    return {
      action,
      resource,
      context: stage === undefined ? {} : { 'secretsmanager:VersionStage': [stage] },
    };
  }
}

/** The condition key of a call. A version asked for by its id alone has no stage, so a condition on it refuses. */
function versionStage(operation: string, input: Input): string | undefined {
  if (operation !== 'GetSecretValue' && operation !== 'UpdateSecretVersionStage') return undefined;
  if (typeof input.VersionStage === 'string') return input.VersionStage;
  return input.VersionId === undefined && operation === 'GetSecretValue' ? 'AWSCURRENT' : undefined;
}
