import { authorizerStores } from '../../adapters/dynamodb/authorizer-stores.ts';
import { jsonLog } from '../../adapters/log/json-log.ts';
import { bundledPolicy } from '../../adapters/system/bundled-policy.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemPause } from '../../adapters/system/pause.ts';
import { systemRandomness } from '../../adapters/system/randomness.ts';
import { basicUserKind } from '../../core/credentials/basic-user-record.ts';
import { type BundledPolicy, fromEnv } from '../config.ts';
import { rateLimiter } from '../rate-limit.ts';
import { type AuthorizerHandler, serve } from '../serve.ts';
import { basicAuthenticator } from './authenticate.ts';

const config = fromEnv(process.env);
const { issuer, audience } = config;
const clock = systemClock;
const randomness = systemRandomness;
const audit = jsonLog;
const stores = authorizerStores({ ...config, env: process.env, clock });

/** Basic users (RFC 7617), on every surface of API Gateway. */
export const handler: AuthorizerHandler = serve(
  {
    authenticators: [
      basicAuthenticator({
        users: stores.lookup(basicUserKind),
        failures: stores.failures,
        pause: systemPause,
        ...{ issuer, audience, randomness },
      }),
    ],
    limiter: rateLimiter({ buckets: stores.buckets, audit, audience }),
    ...{ clock, randomness, audit },
    stopwatch: () => performance.now(),
  },
  bundledPolicy<BundledPolicy>(),
);
