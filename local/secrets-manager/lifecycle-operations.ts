/** The operations on a secret as a whole: describing, listing, deleting, rotating. */
import { AwsError } from '../aws/aws-error.ts';
import type { LambdaHost } from '../lambda/function-host.ts';
import {
  type Input,
  invalid,
  optionalNumber,
  optionalText,
  pageOf,
  refused,
  requestToken,
  requiredText,
} from './input.ts';
import { type RotationEngine, scheduleOf } from './rotation.ts';
import { nextRotation } from './schedule.ts';
import { pendingVersion, type RotationRules, type Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';
import { type Operation, readable } from './value-operations.ts';

export interface LifecycleOptions {
  readonly store: SecretStore;
  readonly engine: RotationEngine;
  readonly check: LambdaHost['check'];
  readonly accountId: string;
  readonly nowSeconds: () => number;
}

const daySeconds = 86_400;

export function lifecycleOperations(
  options: LifecycleOptions,
): Readonly<Record<string, Operation>> {
  const { store, engine, nowSeconds } = options;
  return {
    DescribeSecret: (input) => describe(store.get(requiredText(input, 'SecretId'))),

    ListSecrets(input) {
      const wanted = nameFilter(input);
      const listed = store
        .all()
        .filter(
          ({ deletionSeconds }) =>
            deletionSeconds === undefined || input.IncludePlannedDeletion === true,
        )
        .filter(({ name }) => wanted === undefined || wanted.some((each) => name.startsWith(each)));
      const { entries, ...next } = pageOf(input, listed);
      return {
        SecretList: entries.map((secret) => {
          const { VersionIdsToStages, ...described } = describe(secret);
          return { ...described, SecretVersionsToStages: VersionIdsToStages };
        }),
        ...next,
      };
    },

    DeleteSecret(input) {
      const secret = readable(store, input);
      const days = optionalNumber(input, 'RecoveryWindowInDays') ?? 30;
      if (days < 7 || days > 30)
        throw invalid('RecoveryWindowInDays must be between 7 and 30 days.');
      const isForced = input.ForceDeleteWithoutRecovery === true;
      engine.cancel(secret);
      if (isForced) store.remove(secret);
      else secret.deletionSeconds = nowSeconds() + days * daySeconds;
      const { arn, name, deletionSeconds = nowSeconds() } = secret;
      return { ARN: arn, Name: name, DeletionDate: deletionSeconds };
    },

    RestoreSecret(input) {
      const secret = store.get(requiredText(input, 'SecretId'));
      secret.deletionSeconds = undefined;
      engine.arm(secret);
      return { ARN: secret.arn, Name: secret.name };
    },

    RotateSecret(input) {
      const secret = readable(store, input);
      const token = requestToken(input);
      configureRotation(secret, input, options);
      const pending = pendingVersion(secret);
      if (input.RotateImmediately === false) {
        // Trying the function needs a pending version, and there can be only one.
        if (pending === undefined && !engine.isRunning(secret)) engine.tryOut(secret, token);
        return { ARN: secret.arn, Name: secret.name };
      }
      if (pending !== undefined && pending.id !== token) {
        throw refused("A previous rotation isn't complete. That rotation will be reattempted.");
      }
      const isRepeated = secret.versions.get(token)?.labels.has('AWSCURRENT') === true;
      if (!isRepeated && !engine.isRunning(secret)) engine.begin(secret, token);
      return { ARN: secret.arn, Name: secret.name, VersionId: token };
    },

    CancelRotateSecret(input) {
      const secret = readable(store, input);
      engine.cancel(secret);
      if (secret.rotation !== undefined) {
        secret.rotation.enabled = false;
        secret.rotation.nextSeconds = undefined;
      }
      return { ARN: secret.arn, Name: secret.name };
    },
  };
}

/** Takes over function and schedule, and checks what Secrets Manager checks before it answers. */
function configureRotation(secret: Secret, input: Input, options: LifecycleOptions): void {
  const given = optionalText(input, 'RotationLambdaARN');
  const rules = input.RotationRules as RotationRules | undefined;
  const lambdaArn = given ?? secret.rotation?.lambdaArn;
  if (lambdaArn === undefined) {
    throw refused('No Lambda rotation function ARN is associated with this secret.');
  }
  const source = { sourceArn: secret.arn, sourceAccount: options.accountId };
  const verdict = options.check(lambdaArn, { service: 'secretsmanager.amazonaws.com', ...source });
  if (verdict !== 'allowed') {
    throw new AwsError(
      'AccessDeniedException',
      `Secrets Manager cannot invoke the specified Lambda function (${verdict}). Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.`,
    );
  }
  const expression = rules === undefined ? undefined : scheduleOf(rules);
  if (expression !== undefined) {
    try {
      nextRotation(expression, options.nowSeconds());
    } catch (cause) {
      throw invalid((cause as Error).message);
    }
  }
  const before = secret.rotation;
  secret.rotation = {
    enabled: true,
    lambdaArn,
    rules: rules ?? before?.rules ?? {},
    lastSeconds: before?.lastSeconds,
    nextSeconds: rules === undefined ? before?.nextSeconds : undefined,
  };
  options.engine.arm(secret);
}

function describe(secret: Secret): Readonly<Record<string, unknown>> {
  const { rotation, versions } = secret;
  const labelled = [...versions.values()].filter(({ labels }) => labels.size > 0);
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    Tags: secret.tags,
    CreatedDate: secret.createdSeconds,
    LastChangedDate: secret.changedSeconds,
    DeletedDate: secret.deletionSeconds,
    RotationEnabled: rotation?.enabled,
    RotationLambdaARN: rotation?.lambdaArn,
    RotationRules: rotation?.rules,
    LastRotatedDate: rotation?.lastSeconds,
    NextRotationDate: rotation?.nextSeconds,
    VersionIdsToStages: Object.fromEntries(labelled.map(({ id, labels }) => [id, [...labels]])),
  };
}

/** Beginnings of names. Other filters are refused: to ignore one would list too much. */
function nameFilter(input: Input): readonly string[] | undefined {
  const filters = input.Filters as readonly { Key: string; Values: string[] }[] | undefined;
  if (filters === undefined || filters.length === 0) return undefined;
  const [filter] = filters;
  if (filters.length > 1 || filter?.Key !== 'name') {
    throw invalid('the local Secrets Manager filters by one list of names only');
  }
  return filter.Values;
}
