import { authorizerStores } from '../../adapters/dynamodb/authorizer-stores.ts';
import { bundledPolicy } from '../../adapters/system/bundled-policy.ts';
import { systemPause } from '../../adapters/system/pause.ts';
import { systemRuntime } from '../../adapters/system/runtime.ts';
import { basicUserKind } from '../../core/credentials/basic-user-record.ts';
import { type BundledPolicy, fromEnv } from '../config.ts';
import { type AuthorizerHandler, serve } from '../serve.ts';
import { basicAuthenticator } from './authenticate.ts';

const config = fromEnv(process.env);
const { issuer, audience } = config;
const { clock, randomness } = systemRuntime;
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
