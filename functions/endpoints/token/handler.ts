import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { followedLog } from '../../adapters/dynamodb/followed-log.ts';
import { dynamoLastUse } from '../../adapters/dynamodb/last-use.ts';
import { dynamoLookup } from '../../adapters/dynamodb/lookup.ts';
import { dynamoReader } from '../../adapters/dynamodb/reader.ts';
import { countDeadlineMs, dynamoWriter } from '../../adapters/dynamodb/writer.ts';
import { jsonLog } from '../../adapters/log/json-log.ts';
import { secretsManagerSigningKeys } from '../../adapters/secrets-manager/signing-keys.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandomness } from '../../adapters/system/randomness.ts';
import { clientKind } from '../../core/clients/client-record.ts';
import { followedLookup } from '../../core/revocation/heed-changes.ts';
import { httpEndpoint } from '../../gateway/http-endpoint.ts';
import { fromEnv } from './config.ts';
import { tokenEndpoint } from './endpoint.ts';
import { grants } from './grants.ts';

const config = fromEnv(process.env);
const clock = systemClock;

const revocations = followedLog({ ...config, env: process.env });

const keys = secretsManagerSigningKeys(new SecretsManagerClient(clientOptions), config.ringSecret, {
  clock,
  audit: jsonLog,
  ringCacheSeconds: config.ringCacheSeconds,
  ringHoldSeconds: config.ringHoldSeconds,
});

const endpoint = tokenEndpoint({
  issuer: config.issuer,
  lifetimes: config,
  clients: followedLookup(
    dynamoLookup(dynamoReader({ env: process.env }), config.clientsTable, clientKind),
    clientKind,
    revocations,
    { ttlSeconds: config.clientCacheSeconds, clock },
  ),
  revocations,
  lastUse: dynamoLastUse(
    dynamoWriter({ env: process.env, deadlineMs: countDeadlineMs }),
    config.countersTable,
  ),
  keys,
  grants,
  clock,
  randomness: systemRandomness,
  audit: jsonLog,
});

// The first request needs both anyway, and initialization has more CPU. A failure is the first request's to meet.
await Promise.allSettled([revocations.current(clock.now()), keys.current()]);

/** `/oauth2/token` */
export const handler: ReturnType<typeof httpEndpoint> = httpEndpoint(endpoint);
