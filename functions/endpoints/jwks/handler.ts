import { dynamoPublishedKeys } from '../../adapters/dynamodb/published-keys.ts';
import { dynamoReader } from '../../adapters/dynamodb/reader.ts';
import { jsonLog } from '../../adapters/log/json-log.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { cors } from '../../gateway/cors.ts';
import { httpEndpoint } from '../../gateway/http-endpoint.ts';
import { fromEnv } from './config.ts';
import { jwksEndpoint } from './endpoint.ts';

const config = fromEnv(process.env);

const keys = dynamoPublishedKeys(dynamoReader({ env: process.env }), config.verificationTable);

const endpoint = jwksEndpoint({
  keys,
  clock: systemClock,
  audit: jsonLog,
  maxAgeSeconds: config.maxAgeSeconds,
  contentType: config.contentType,
});

// Opens the connection, and initialization has more CPU. What is read may be too old for the first request, and is left.
await Promise.allSettled([keys.read()]);

/** `/.well-known/jwks.json` */
export const handler: ReturnType<typeof httpEndpoint> = httpEndpoint(
  cors(endpoint, ['GET', 'HEAD']),
);
