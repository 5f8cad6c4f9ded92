import { dynamoRevocationWriter } from '../../functions/adapters/dynamodb/revocation-log.ts';
import { dynamoWriter } from '../../functions/adapters/dynamodb/writer.ts';
import { systemClock } from '../../functions/adapters/system/clock.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import {
  type RevocationRecorder,
  revocationRecorder,
} from '../../functions/core/revocation/revocation-recorder.ts';
import type { DemoWorld } from './demo-world.ts';

/** Writes to the revocation log of a hosted deployment, as its owner may. */
export function revocationsOf({ hosted, awsEndpoint }: DemoWorld): RevocationRecorder {
  const table = hosted.parameters.get('/keyward/default/v1/verification-table-name');
  if (table === undefined) throw new Error('no parameter names the Verification table');
  const env = {
    ...{ AWS_REGION: hosted.region, AWS_ENDPOINT_URL: awsEndpoint },
    ...{ AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
  };
  return revocationRecorder({
    log: dynamoRevocationWriter(dynamoWriter({ env }), table),
    ...{ clock: systemClock, randomness: systemRandomness, keepSeconds: 3_600 },
  });
}
