import { within } from './gateway/within.ts';
import type { SecretsManager } from './secrets-manager/secrets-manager.ts';
import type { RotationScheduleSpec, SecretSpec } from './template/stores.ts';

/** Makes the secrets that are not there yet, with their first value. @returns name → ARN */
export function ensureSecrets(
  secrets: SecretsManager,
  specs: readonly SecretSpec[],
): ReadonlyMap<string, string> {
  return new Map(
    specs.map(({ name, value }) => {
      const described =
        describe(secrets, name) ??
        secrets.call('CreateSecret', { Name: name, SecretString: value });
      return [name, String(described.ARN)];
    }),
  );
}

/** A schedule may begin with a test of its function; nothing should find that test still running. */
const settlingMilliseconds = 10_000;

/** Sets the rotation schedules that differ from what is there. */
export async function ensureSchedules(
  secrets: SecretsManager,
  schedules: readonly RotationScheduleSpec[],
): Promise<void> {
  for (const { secretArn, functionArn, rules, isImmediate } of schedules) {
    const present = describe(secrets, secretArn);
    const isSame =
      present?.RotationEnabled === true &&
      present.RotationLambdaARN === functionArn &&
      JSON.stringify(present.RotationRules) === JSON.stringify(rules);
    if (isSame) continue;
    secrets.call('RotateSecret', {
      SecretId: secretArn,
      RotationLambdaARN: functionArn,
      RotationRules: rules,
      RotateImmediately: isImmediate,
    });
    await within(settlingMilliseconds, secrets.rotationSettled(secretArn));
  }
}

function describe(
  secrets: SecretsManager,
  secretId: string,
): Readonly<Record<string, unknown>> | undefined {
  try {
    return secrets.call('DescribeSecret', { SecretId: secretId });
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ResourceNotFoundException') return undefined;
    throw cause;
  }
}
