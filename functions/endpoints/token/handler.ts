import { issuerStores } from '../../adapters/dynamodb/issuer-stores.ts';
import { jsonLog } from '../../adapters/log/json-log.ts';
import { secretsManagerSigningKeys } from '../../adapters/secrets-manager/signing-keys.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandomness } from '../../adapters/system/randomness.ts';
import { httpEndpoint } from '../../gateway/http-endpoint.ts';
import { fromEnv } from './config.ts';
import { tokenEndpoint } from './endpoint.ts';
import { grants } from './grants.ts';

const config = fromEnv(process.env);
const clock = systemClock;

const stores = issuerStores({ ...config, env: process.env, clock });

const keys = secretsManagerSigningKeys({ env: process.env }, config.ringSecret, {
  clock,
  audit: jsonLog,
  ringCacheSeconds: config.ringCacheSeconds,
  ringHoldSeconds: config.ringHoldSeconds,
});

const endpoint = tokenEndpoint({
  issuer: config.issuer,
  lifetimes: config,
  ...stores,
  keys,
  grants,
  clock,
  randomness: systemRandomness,
  audit: jsonLog,
});

// The first request needs both anyway, and initialization has more CPU. A failure is the first request's to meet.
await Promise.allSettled([stores.revocations.current(clock.now()), keys.current()]);

/** `/oauth2/token` */
export const handler: ReturnType<typeof httpEndpoint> = httpEndpoint(endpoint);
