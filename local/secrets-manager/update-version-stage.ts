import { AwsError } from '../aws/aws-error.ts';
import { holderOf, moveLabel, type Secret, type SecretVersion } from './secret.ts';

/**
 * UpdateSecretVersionStage: attaches, moves or takes away one label. A label that is attached to another version moves
 * only when the caller names that version, so that nobody moves it blindly; AWSCURRENT moves, and never goes.
 */
export function updateVersionStage(
  secret: Secret,
  label: string,
  removeFrom: string | undefined,
  moveTo: string | undefined,
): void {
  const holder = holderOf(secret, label);
  if (removeFrom === undefined && moveTo === undefined) {
    throw invalid('You must specify RemoveFromVersionId or MoveToVersionId.');
  }
  const target = moveTo === undefined ? undefined : versionOf(secret, moveTo);
  if (removeFrom !== undefined && versionOf(secret, removeFrom) !== holder) {
    throw invalid(
      `The staging label ${label} is not attached to version ${removeFrom}, which RemoveFromVersionId names.`,
    );
  }
  if (target === undefined) {
    if (label === 'AWSCURRENT') {
      throw invalid(
        'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      );
    }
    holder?.labels.delete(label);
    return;
  }
  if (holder !== undefined && holder !== target && removeFrom === undefined) {
    throw invalid(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (label === 'AWSCURRENT' && target.value === undefined) {
    throw new AwsError('InvalidRequestException', `Version ${target.id} has no value yet.`);
  }
  moveLabel(secret, label, target);
}

function versionOf(secret: Secret, id: string): SecretVersion {
  const version = secret.versions.get(id);
  if (version !== undefined) return version;
  throw new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for VersionId: ${id}`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
