import { dynamoPublishedKeys } from '../../adapters/dynamodb/published-keys.ts';
import { dynamoReader } from '../../adapters/dynamodb/reader.ts';
import { dynamoTokenBuckets } from '../../adapters/dynamodb/token-buckets.ts';
import { countDeadlineMs, dynamoWriter } from '../../adapters/dynamodb/writer.ts';
import { httpsKeySetSource } from '../../adapters/https/key-set-source.ts';
import { bundledPolicy } from '../../adapters/system/bundled-policy.ts';
import { systemRuntime } from '../../adapters/system/runtime.ts';
import { publishedIssuerKeys } from '../../core/keys/published-issuer-keys.ts';
import { verifiedTokenCache } from '../../core/tokens/verified-token-cache.ts';
import { type BundledPolicy, fromEnv } from '../config.ts';
import { type AuthorizerHandler, serve } from '../serve.ts';
import { jwtAuthenticator } from './authenticate.ts';
import { issuerRules } from './issuers.ts';

const config = fromEnv(process.env);
const bundled = bundledPolicy<BundledPolicy>();

const ownKeys = publishedIssuerKeys(
  dynamoPublishedKeys(dynamoReader({ env: process.env }), config.verificationTable),
  config.publishedKeysCacheSeconds,
);

// The first request needs the keys anyway, and initialization has more CPU. A failure is the first request's to meet.
await ownKeys.find('', systemRuntime.clock.now()).catch(() => undefined);

/** Access tokens that are JWTs, on every surface of API Gateway. */
export const handler: AuthorizerHandler = serve(
  {
    authenticators: [
      jwtAuthenticator({
        issuers: issuerRules(config, ownKeys, bundled.trustedIssuers, httpsKeySetSource),
        cache: verifiedTokenCache(),
      }),
    ],
    buckets: dynamoTokenBuckets(
      dynamoWriter({ env: process.env, deadlineMs: countDeadlineMs }),
      config.countersTable,
    ),
    audience: config.audience,
    ...systemRuntime,
  },
  bundled,
);
