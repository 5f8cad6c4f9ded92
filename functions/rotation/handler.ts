import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientOptions } from '../adapters/aws/client-options.ts';
import { dynamoKeyPublisher } from '../adapters/dynamodb/key-publisher.ts';
import { dynamoRevocationWriter } from '../adapters/dynamodb/revocation-log.ts';
import { dynamoRotationIntents } from '../adapters/dynamodb/rotation-intents.ts';
import { dynamoWriter } from '../adapters/dynamodb/writer.ts';
import { jsonLog } from '../adapters/log/json-log.ts';
import { secretsManagerRingVersions } from '../adapters/secrets-manager/ring-versions.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemPause } from '../adapters/system/pause.ts';
import { systemRandomness } from '../adapters/system/randomness.ts';
import { revocationKeepSeconds, revocationWriteSeconds } from '../core/durations.ts';
import { keyGenerator } from '../core/keys/generate-key.ts';
import { revocationRecorder } from '../core/revocation/revocation-recorder.ts';
import { fromEnv } from './config.ts';
import { type RotationAnswer, rotation } from './rotation.ts';
import { tryKey } from './try-key.ts';

const config = fromEnv(process.env);
const dynamo = new DynamoDBClient(clientOptions);
const secrets = new SecretsManagerClient(clientOptions);

export const handler: (event: unknown) => Promise<RotationAnswer | undefined> = rotation(
  {
    versions: secretsManagerRingVersions(secrets, config.ringSecret),
    publisher: dynamoKeyPublisher(dynamo, config.verificationTable),
    intents: dynamoRotationIntents(dynamo, config.verificationTable),
    revocations: revocationRecorder({
      log: dynamoRevocationWriter(
        dynamoWriter({ env: process.env, deadlineMs: 1_000 * revocationWriteSeconds }),
        config.verificationTable,
      ),
      clock: systemClock,
      randomness: systemRandomness,
      keepSeconds: revocationKeepSeconds(config),
    }),
    clock: systemClock,
    pause: systemPause,
    randomness: systemRandomness,
    generator: keyGenerator,
    trial: tryKey,
    audit: jsonLog,
  },
  config,
);
