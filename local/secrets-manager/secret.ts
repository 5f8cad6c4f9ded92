import { AwsError } from '../aws/aws-error.ts';

/** One version of a secret. Without `value` it is pending: a rotation has made room for it and nothing more. */
export interface SecretVersion {
  readonly id: string;
  readonly createdSeconds: number;
  value: SecretText | undefined;
  readonly labels: Set<string>;
}

/** A secret's value: text, or bytes in Base64. */
export type SecretText = { readonly text: string } | { readonly base64: string };

export interface RotationRules {
  readonly AutomaticallyAfterDays?: number;
  readonly Duration?: string;
  readonly ScheduleExpression?: string;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdSeconds: number;
  changedSeconds: number;
  description: string | undefined;
  kmsKeyId: string | undefined;
  tags: readonly unknown[];
  /** In the order in which they were made. */
  readonly versions: Map<string, SecretVersion>;
  rotation: Rotation | undefined;
  /** When it is going to be deleted for good; `undefined` when it is not. */
  deletionSeconds: number | undefined;
}

interface Rotation {
  enabled: boolean;
  lambdaArn: string;
  rules: RotationRules;
  lastSeconds: number | undefined;
  nextSeconds: number | undefined;
}

export function holderOf(secret: Secret, label: string): SecretVersion | undefined {
  return [...secret.versions.values()].find(({ labels }) => labels.has(label));
}

/** A version that has AWSPENDING and is not the current one: a rotation that has not come to its end. */
export function pendingVersion(secret: Secret): SecretVersion | undefined {
  const holder = holderOf(secret, 'AWSPENDING');
  return holder === undefined || holder.labels.has('AWSCURRENT') ? undefined : holder;
}

/** Puts a label on one version, away from any other. The version that loses AWSCURRENT becomes AWSPREVIOUS. */
export function moveLabel(secret: Secret, label: string, to: SecretVersion): void {
  const from = holderOf(secret, label);
  if (from === to) return;
  from?.labels.delete(label);
  if (label === 'AWSCURRENT' && from !== undefined) moveLabel(secret, 'AWSPREVIOUS', from);
  to.labels.add(label);
}

/**
 * Stores a value under a version id. The same value again changes nothing, not even labels; another value under the
 * same id is refused. @param labels AWSCURRENT when empty; the first version ever is the current one in any case
 */
export function putVersion(
  secret: Secret,
  id: string,
  value: SecretText,
  labels: readonly string[],
  nowSeconds: number,
): SecretVersion {
  const present = secret.versions.get(id);
  if (present?.value !== undefined) {
    if (JSON.stringify(present.value) === JSON.stringify(value)) return present;
    throw new AwsError(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  const isFirst = secret.versions.size === 0;
  const version = present ?? makeVersion(secret, id, nowSeconds);
  version.value = value;
  for (const label of labels.length === 0 ? ['AWSCURRENT'] : labels) {
    moveLabel(secret, label, version);
  }
  if (isFirst) moveLabel(secret, 'AWSCURRENT', version);
  secret.changedSeconds = nowSeconds;
  return version;
}

/** About this many versions are kept; beyond it the oldest without a label go. */
const versionsMax = 100;

/** A version without value and labels. */
export function makeVersion(secret: Secret, id: string, nowSeconds: number): SecretVersion {
  const version: SecretVersion = {
    id,
    createdSeconds: nowSeconds,
    value: undefined,
    labels: new Set(),
  };
  secret.versions.set(id, version);
  for (const { id: old, labels } of [...secret.versions.values()]) {
    if (secret.versions.size <= versionsMax) break;
    if (labels.size === 0 && old !== id) secret.versions.delete(old);
  }
  return version;
}
