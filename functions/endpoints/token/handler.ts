import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { dynamoLookup } from '../../adapters/dynamodb/lookup.ts';
import { dynamoReader } from '../../adapters/dynamodb/reader.ts';
import { jsonLog } from '../../adapters/log/json-log.ts';
import { secretsManagerSigningKeys } from '../../adapters/secrets-manager/signing-keys.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandomness } from '../../adapters/system/randomness.ts';
import { clientKind } from '../../core/clients/client-record.ts';
import { cachedLookup } from '../../core/records/cached-lookup.ts';
import { cors } from '../../gateway/cors.ts';
import { httpEndpoint } from '../../gateway/http-endpoint.ts';
import { fromEnv } from './config.ts';
import { tokenEndpoint } from './endpoint.ts';
import { grants } from './grants.ts';

const config = fromEnv(process.env);
const clock = systemClock;

const keys = secretsManagerSigningKeys(new SecretsManagerClient(clientOptions), config.ringSecret, {
  clock,
  audit: jsonLog,
  ringCacheSeconds: config.ringCacheSeconds,
  ringHoldSeconds: config.ringHoldSeconds,
});

const endpoint = tokenEndpoint({
  issuer: config.issuer,
  lifetimes: config,
  clients: cachedLookup(
    dynamoLookup(dynamoReader({ env: process.env }), config.clientsTable, clientKind),
    { ttlSeconds: config.clientCacheSeconds, clock },
  ),
  keys,
  grants,
  clock,
  randomness: systemRandomness,
  audit: jsonLog,
});

// The first request needs the ring anyway, and initialization has more CPU. A failure is the first request's to meet.
await keys.current().catch(() => undefined);

/** `/oauth2/token` */
export const handler: ReturnType<typeof httpEndpoint> = httpEndpoint(cors(endpoint, ['POST']));
