/** The operations that read and write values and labels. */
import { AwsError } from '../aws/aws-error.ts';
import {
  type Input,
  invalid,
  optionalText,
  pageOf,
  refused,
  requestToken,
  requiredText,
  secretText,
} from './input.ts';
import { holderOf, putVersion, type Secret, type SecretVersion } from './secret.ts';
import type { SecretStore } from './secret-store.ts';
import { updateVersionStage } from './update-version-stage.ts';

export type Operation = (input: Input) => Readonly<Record<string, unknown>>;

export function valueOperations(
  store: SecretStore,
  nowSeconds: () => number,
): Readonly<Record<string, Operation>> {
  return {
    CreateSecret(input) {
      const name = requiredText(input, 'Name');
      if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) throw invalid('Invalid name.');
      const token = requestToken(input);
      const value = secretText(input);
      const present = store.find(name);
      if (present !== undefined) return createAgain(present, token, value);
      const secret = store.create(name);
      secret.description = optionalText(input, 'Description');
      secret.kmsKeyId = optionalText(input, 'KmsKeyId');
      secret.tags = Array.isArray(input.Tags) ? input.Tags : [];
      if (value === undefined) return { ARN: secret.arn, Name: name };
      const version = putVersion(secret, token, value, [], nowSeconds());
      return { ARN: secret.arn, Name: name, VersionId: version.id };
    },

    GetSecretValue(input) {
      const secret = readable(store, input);
      const version = wantedVersion(
        secret,
        optionalText(input, 'VersionId'),
        optionalText(input, 'VersionStage'),
      );
      const { value } = version;
      if (value === undefined) throw noValue(`VersionId: ${version.id}`);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        VersionStages: [...version.labels],
        CreatedDate: version.createdSeconds,
        ...('text' in value ? { SecretString: value.text } : { SecretBinary: value.base64 }),
      };
    },

    PutSecretValue(input) {
      const secret = readable(store, input);
      const value = secretText(input);
      if (value === undefined)
        throw refused('You must provide either SecretString or SecretBinary.');
      const labels = input.VersionStages ?? [];
      if (!Array.isArray(labels) || labels.some((label) => typeof label !== 'string')) {
        throw invalid('VersionStages must be a list of labels');
      }
      const version = putVersion(secret, requestToken(input), value, labels, nowSeconds());
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        VersionStages: [...version.labels],
      };
    },

    UpdateSecretVersionStage(input) {
      const secret = readable(store, input);
      updateVersionStage(
        secret,
        requiredText(input, 'VersionStage'),
        optionalText(input, 'RemoveFromVersionId'),
        optionalText(input, 'MoveToVersionId'),
      );
      secret.changedSeconds = nowSeconds();
      return { ARN: secret.arn, Name: secret.name };
    },

    ListSecretVersionIds(input) {
      const secret = store.get(requiredText(input, 'SecretId'));
      const versions = [...secret.versions.values()].filter(
        ({ labels }) => labels.size > 0 || input.IncludeDeprecated === true,
      );
      const { entries, ...next } = pageOf(input, versions);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Versions: entries.map((version) => ({
          VersionId: version.id,
          VersionStages: [...version.labels],
          CreatedDate: version.createdSeconds,
        })),
        ...next,
      };
    },
  };
}

/** A secret that is not on its way out. */
export function readable(store: SecretStore, input: Input): Secret {
  const secret = store.get(requiredText(input, 'SecretId'));
  if (secret.deletionSeconds === undefined) return secret;
  throw refused(
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

/** The same request once more is answered as before; another one finds the name taken. */
function createAgain(
  secret: Secret,
  token: string,
  value: ReturnType<typeof secretText>,
): Readonly<Record<string, unknown>> {
  if (secret.deletionSeconds !== undefined) {
    throw refused(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const version = secret.versions.get(token);
  if (version !== undefined && JSON.stringify(version.value) === JSON.stringify(value)) {
    return { ARN: secret.arn, Name: secret.name, VersionId: token };
  }
  throw new AwsError(
    'ResourceExistsException',
    `The operation failed because the secret ${secret.name} already exists.`,
  );
}

function wantedVersion(
  secret: Secret,
  id: string | undefined,
  label: string | undefined,
): SecretVersion {
  if (id === undefined) {
    const wanted = label ?? 'AWSCURRENT';
    const holder = holderOf(secret, wanted);
    if (holder === undefined) throw noValue(`staging label: ${wanted}`);
    return holder;
  }
  const version = secret.versions.get(id);
  if (version === undefined) throw noValue(`VersionId: ${id}`);
  if (label !== undefined && !version.labels.has(label)) {
    throw refused('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  return version;
}

function noValue(what: string): AwsError {
  return new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${what}`,
  );
}
