import { connectionWriter } from '../../adapters/dynamodb/connection-writer.ts';
import { followedLog } from '../../adapters/dynamodb/followed-log.ts';
import { dynamoPublishedKeys } from '../../adapters/dynamodb/published-keys.ts';
import { dynamoReader } from '../../adapters/dynamodb/reader.ts';
import { dynamoTokenBuckets } from '../../adapters/dynamodb/token-buckets.ts';
import { countDeadlineMs, dynamoWriter } from '../../adapters/dynamodb/writer.ts';
import { httpsKeySetSource } from '../../adapters/https/key-set-source.ts';
import { bundledPolicy } from '../../adapters/system/bundled-policy.ts';
import { systemRuntime } from '../../adapters/system/runtime.ts';
import { publishedIssuerKeys } from '../../core/keys/published-issuer-keys.ts';
import { followedKeys } from '../../core/revocation/heed-changes.ts';
import { verifiedTokenCache } from '../../core/tokens/verified-token-cache.ts';
import { type BundledPolicy, fromEnv } from '../config.ts';
import { type AuthorizerHandler, serve } from '../serve.ts';
import { jwtAuthenticator } from './authenticate.ts';
import { issuerRules } from './issuers.ts';

const config = fromEnv(process.env);
const bundled = bundledPolicy<BundledPolicy>();

const revocations = followedLog({ ...config, env: process.env });
const ownKeys = followedKeys(
  publishedIssuerKeys(
    dynamoPublishedKeys(dynamoReader({ env: process.env }), config.verificationTable),
    config.publishedKeysCacheSeconds,
  ),
  revocations,
);

// The first request needs both anyway, and initialization has more CPU. A failure is the first request's to meet.
const now = systemRuntime.clock.now();
await Promise.allSettled([revocations.current(now), ownKeys.find('', now)]);

/** Access tokens that are JWTs, on every surface of API Gateway. */
export const handler: AuthorizerHandler = serve(
  {
    authenticators: [
      jwtAuthenticator({
        issuers: issuerRules(config, ownKeys, bundled.trustedIssuers, httpsKeySetSource),
        cache: verifiedTokenCache(),
      }),
    ],
    revocations,
    buckets: dynamoTokenBuckets(
      dynamoWriter({ env: process.env, deadlineMs: countDeadlineMs }),
      config.countersTable,
    ),
    connections: connectionWriter({ ...config, env: process.env }),
    audience: config.audience,
    ...systemRuntime,
  },
  bundled,
);
