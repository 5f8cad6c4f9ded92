import { authorizerStores } from '../../adapters/dynamodb/authorizer-stores.ts';
import { jsonLog } from '../../adapters/log/json-log.ts';
import { bundledPolicy } from '../../adapters/system/bundled-policy.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandomness } from '../../adapters/system/randomness.ts';
import { apiKeyKind } from '../../core/credentials/api-key-record.ts';
import { type BundledPolicy, fromEnv } from '../config.ts';
import { rateLimiter } from '../rate-limit.ts';
import { type AuthorizerHandler, serve } from '../serve.ts';
import { apiKeyAuthenticator } from './authenticate.ts';

const config = fromEnv(process.env);
const { issuer, audience } = config;
const clock = systemClock;
const randomness = systemRandomness;
const audit = jsonLog;
const stores = authorizerStores({ ...config, env: process.env, clock });

/** API keys, on every surface of API Gateway. */
export const handler: AuthorizerHandler = serve(
  {
    authenticators: [
      apiKeyAuthenticator({
        keys: stores.lookup(apiKeyKind),
        prefix: config.apiKeyPrefix,
        environment: config.apiKeyEnvironment,
        lastUse: stores.lastUse,
        ...{ issuer, audience, audit },
      }),
    ],
    limiter: rateLimiter({ buckets: stores.buckets, audit, audience }),
    ...{ clock, randomness, audit },
    stopwatch: () => performance.now(),
  },
  bundledPolicy<BundledPolicy>(),
);
