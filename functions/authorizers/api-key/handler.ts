import { authorizerStores } from '../../adapters/dynamodb/authorizer-stores.ts';
import { bundledPolicy } from '../../adapters/system/bundled-policy.ts';
import { systemRuntime } from '../../adapters/system/runtime.ts';
import { apiKeyKind } from '../../core/credentials/api-key-record.ts';
import { type BundledPolicy, fromEnv } from '../config.ts';
import { type AuthorizerHandler, serve } from '../serve.ts';
import { apiKeyAuthenticator } from './authenticate.ts';

const config = fromEnv(process.env);
const { issuer, audience } = config;
const { clock, audit } = systemRuntime;
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
    revocations: stores.revocations,
    buckets: stores.buckets,
    connections: stores.connections,
    audience,
    ...systemRuntime,
  },
  bundledPolicy<BundledPolicy>(),
);

// The first request needs it anyway, and initialization has more CPU. A failure is the first request's to meet.
// Not before everything that the log may concern listens to it.
await Promise.allSettled([stores.revocations.current(clock.now())]);
