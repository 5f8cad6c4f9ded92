import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { RingVersions, VersionLabels } from '../../core/ports/ring-versions.ts';

/** The versions of one secret, addressed by its ARN. */
export function secretsManagerRingVersions(
  client: SecretsManagerClient,
  secretArn: string,
): RingVersions {
  async function describe(): Promise<VersionLabels> {
    const secret = await client.send(new DescribeSecretCommand({ SecretId: secretArn }));
    const entries = Object.entries(secret.VersionIdsToStages ?? {});
    return new Map(entries.map(([id, labels]) => [id, new Set(labels)]));
  }

  /** Runs a change of labels. One that is refused may be the SDK's repetition of one that took effect. */
  async function relabel(
    change: ConstructorParameters<typeof UpdateSecretVersionStageCommand>[0],
    isDone: (labels: VersionLabels) => boolean,
  ): Promise<void> {
    try {
      await client.send(new UpdateSecretVersionStageCommand(change));
    } catch (cause) {
      const isRefused =
        cause instanceof InvalidParameterException || cause instanceof InvalidRequestException;
      if (!isRefused || !isDone(await describe())) throw cause;
    }
  }

  return {
    describe,

    async get(versionId, label) {
      try {
        const value = await client.send(
          new GetSecretValueCommand({
            SecretId: secretArn,
            VersionId: versionId,
            VersionStage: label,
          }),
        );
        // Bytes instead of text are a value too, though none of ours.
        return value.SecretString ?? '';
      } catch (cause) {
        if (cause instanceof ResourceNotFoundException || isWithoutLabel(cause)) return undefined;
        throw cause;
      }
    },

    async putPending(versionId, value, rotationToken) {
      await client.send(
        new PutSecretValueCommand({
          SecretId: secretArn,
          ClientRequestToken: versionId,
          SecretString: value,
          VersionStages: ['AWSPENDING'],
          ...(rotationToken === undefined ? {} : { RotationToken: rotationToken }),
        }),
      );
    },

    makeCurrent: (to, from) =>
      relabel(
        {
          SecretId: secretArn,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: to,
          RemoveFromVersionId: from,
        },
        (labels) => labels.get(to)?.has('AWSCURRENT') === true,
      ),

    detachPending: (versionId) =>
      relabel(
        { SecretId: secretArn, VersionStage: 'AWSPENDING', RemoveFromVersionId: versionId },
        (labels) => labels.get(versionId)?.has('AWSPENDING') !== true,
      ),
  };
}

/** The version exists and does not carry the label: the service has no error of its own for it. */
function isWithoutLabel(cause: unknown): boolean {
  return cause instanceof InvalidRequestException && /VersionStage/.test(cause.message);
}
