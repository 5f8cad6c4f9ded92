import { apiGatewayConnectionCloser } from '../adapters/api-gateway/connection-closer.ts';
import { followedLog } from '../adapters/dynamodb/followed-log.ts';
import { dynamoLookup } from '../adapters/dynamodb/lookup.ts';
import { dynamoOpenConnections } from '../adapters/dynamodb/open-connections.ts';
import { dynamoReader } from '../adapters/dynamodb/reader.ts';
import { jsonLog } from '../adapters/log/json-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { apiKeyKind } from '../core/credentials/api-key-record.ts';
import { basicUserKind } from '../core/credentials/basic-user-record.ts';
import { revokedConnectionsCloser } from './close-revoked.ts';
import { fromEnv } from './config.ts';

const config = fromEnv(process.env);
const env = process.env;
const reader = dynamoReader({ env });

const closeRevoked = revokedConnectionsCloser({
  connections: dynamoOpenConnections(
    { env },
    { table: config.connectionsTable, stage: config.stage },
  ),
  gateway: apiGatewayConnectionCloser(config.callbackUrl),
  revocations: followedLog({ ...config, env }),
  keys: dynamoLookup(reader, config.clientsTable, apiKeyKind),
  users: dynamoLookup(reader, config.clientsTable, basicUserKind),
  clock: systemClock,
  audit: jsonLog,
});

/** Invoked once a minute; what the event says does not matter. */
export const handler = (): Promise<void> => closeRevoked();
