import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import type { LambdaHost } from '../../local/lambda/function-host.ts';
import { type AwsWorld, awsWorld } from '../local/support/aws-world.ts';
import { createTable } from './create-table.ts';

/** Id of the version that a new secret has. */
export const firstVersion: string = '0'.repeat(32);

/** Secrets Manager and DynamoDB on loopback, with clients made as the functions make theirs. */
export interface RingStores {
  readonly aws: AwsWorld;
  readonly dynamo: DynamoDBClient;
  /** For callers without the SDK: where DynamoDB is, and with which credentials. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: SecretsManagerClient;
  /** Name of a new table with the keys of the Verification table. */
  newTable(): Promise<string>;
  /** ARN of a new secret with that text. */
  newSecret(text: string): Promise<string>;
  /**
   * RotateSecret with this function in place of a Lambda. Settles when the rotation has ended, well or not.
   */
  rotate(
    secretArn: string,
    token: string,
    handle: (event: unknown) => Promise<unknown>,
  ): Promise<void>;
  stop(): Promise<void>;
}

export async function ringStores(): Promise<RingStores> {
  const aws = await awsWorld();
  const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
  const secrets = new SecretsManagerClient({ ...clientOptions, ...aws.clientConfig() });
  let serial = 0;

  return {
    aws,
    dynamo,
    secrets,
    env: aws.environment(),
    newTable() {
      serial += 1;
      return createTable(dynamo, `verification-${serial}`, ['pk', 'sk']);
    },
    async newSecret(text) {
      serial += 1;
      const created = await secrets.send(
        new CreateSecretCommand({
          Name: `ring-${serial}`,
          SecretString: text,
          ClientRequestToken: firstVersion,
        }),
      );
      return created.ARN ?? '';
    },
    async rotate(secretArn, token, handle) {
      aws.secrets.start(hostOf(handle));
      await secrets.send(
        new RotateSecretCommand({
          SecretId: secretArn,
          ClientRequestToken: token,
          RotationLambdaARN: 'arn:aws:lambda:eu-central-1:000000000000:function:rotation',
        }),
      );
      await aws.secrets.rotationSettled(secretArn);
    },
    async stop() {
      dynamo.destroy();
      secrets.destroy();
      await aws.stop();
    },
  };
}

/** Runs a function in this process. */
function hostOf(handle: (event: unknown) => Promise<unknown>): LambdaHost {
  return {
    check: () => 'allowed',
    stop: async () => undefined,
    async invoke(_, payload) {
      try {
        const answer = await handle(JSON.parse(payload));
        return { kind: 'answer', payload: JSON.stringify(answer ?? null) };
      } catch (error) {
        const { name: errorType, message: errorMessage } = error as Error;
        const failure = JSON.stringify({ errorType, errorMessage });
        return { kind: 'function-error', errorType, errorMessage, payload: failure };
      }
    },
  };
}
