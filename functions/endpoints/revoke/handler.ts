import { dynamoApiKeyWithdrawal } from '../../adapters/dynamodb/api-key-withdrawal.ts';
import { issuerStores } from '../../adapters/dynamodb/issuer-stores.ts';
import { dynamoRevocationWriter } from '../../adapters/dynamodb/revocation-log.ts';
import { dynamoTokenBuckets } from '../../adapters/dynamodb/token-buckets.ts';
import { countDeadlineMs, dynamoWriter } from '../../adapters/dynamodb/writer.ts';
import { jsonLog } from '../../adapters/log/json-log.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandomness } from '../../adapters/system/randomness.ts';
import { apiKeyKind } from '../../core/credentials/api-key-record.ts';
import { revocationKeepSeconds, revocationWriteSeconds } from '../../core/durations.ts';
import { revocationRecorder } from '../../core/revocation/revocation-recorder.ts';
import { httpEndpoint } from '../../gateway/http-endpoint.ts';
import { revocableAccessTokens } from './access-tokens.ts';
import { revocableApiKeys } from './api-keys.ts';
import { fromEnv } from './config.ts';
import { revokeEndpoint } from './endpoint.ts';

const config = fromEnv(process.env);
const { env } = process;
const clock = systemClock;

const stores = issuerStores({ ...config, env, clock });
const ownKeys = stores.ownKeys(config.publishedKeysCacheSeconds);

const recorder = revocationRecorder({
  log: dynamoRevocationWriter(
    dynamoWriter({ env, deadlineMs: 1_000 * revocationWriteSeconds }),
    config.verificationTable,
  ),
  clock,
  randomness: systemRandomness,
  keepSeconds: revocationKeepSeconds(config),
});

const endpoint = revokeEndpoint({
  issuer: config.issuer,
  ...stores,
  tokens: [
    revocableApiKeys(
      { prefix: config.apiKeyPrefix, environment: config.apiKeyEnvironment },
      stores.lookup(apiKeyKind),
      dynamoApiKeyWithdrawal(dynamoWriter({ env }), config.clientsTable),
      recorder,
    ),
    revocableAccessTokens(config, ownKeys, recorder),
  ],
  buckets: dynamoTokenBuckets(
    dynamoWriter({ env, deadlineMs: countDeadlineMs }),
    config.countersTable,
  ),
  clock,
  audit: jsonLog,
});

// The first request needs both anyway, and initialization has more CPU. A failure is the first request's to meet.
const now = clock.now();
await Promise.allSettled([stores.revocations.current(now), ownKeys.find('', now)]);

/** `/oauth2/revoke` */
export const handler: ReturnType<typeof httpEndpoint> = httpEndpoint(endpoint);
