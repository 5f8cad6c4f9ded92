import { issuerStores } from '../../adapters/dynamodb/issuer-stores.ts';
import { jsonLog } from '../../adapters/log/json-log.ts';
import { secretsManagerSigningKeys } from '../../adapters/secrets-manager/signing-keys.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { apiKeyKind } from '../../core/credentials/api-key-record.ts';
import { httpEndpoint } from '../../gateway/http-endpoint.ts';
import { introspectableAccessTokens } from './access-tokens.ts';
import { introspectableApiKeys } from './api-keys.ts';
import { fromEnv } from './config.ts';
import { introspectEndpoint } from './endpoint.ts';

const config = fromEnv(process.env);
const { issuer, ringCacheSeconds, ringHoldSeconds } = config;
const clock = systemClock;
const audit = jsonLog;

const stores = issuerStores({ ...config, env: process.env, clock });
const ownKeys = stores.ownKeys(config.publishedKeysCacheSeconds);

const endpoint = introspectEndpoint({
  issuer,
  ...stores,
  own: config,
  ownKeys,
  tokens: [
    introspectableApiKeys(
      issuer,
      { prefix: config.apiKeyPrefix, environment: config.apiKeyEnvironment },
      stores.lookup(apiKeyKind),
    ),
    introspectableAccessTokens(config, ownKeys),
  ],
  // Nothing is read before somebody wants a signed answer.
  signingKeys: secretsManagerSigningKeys({ env: process.env }, config.ringSecret, {
    clock,
    audit,
    ringCacheSeconds,
    ringHoldSeconds,
  }),
  clock,
  audit,
});

// The first request needs both anyway, and initialization has more CPU. A failure is the first request's to meet.
const now = clock.now();
await Promise.allSettled([stores.revocations.current(now), ownKeys.find('', now)]);

/** `/oauth2/introspect` */
export const handler: ReturnType<typeof httpEndpoint> = httpEndpoint(endpoint);
