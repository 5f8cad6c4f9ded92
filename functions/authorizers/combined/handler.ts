import { authorizerStores } from '../../adapters/dynamodb/authorizer-stores.ts';
import { dynamoPublishedKeys } from '../../adapters/dynamodb/published-keys.ts';
import { dynamoReader } from '../../adapters/dynamodb/reader.ts';
import { httpsKeySetSource } from '../../adapters/https/key-set-source.ts';
import { bundledPolicy } from '../../adapters/system/bundled-policy.ts';
import { systemPause } from '../../adapters/system/pause.ts';
import { systemRuntime } from '../../adapters/system/runtime.ts';
import { certificatePinKind } from '../../core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../../core/certificates/certificate-rule.ts';
import { revokedCertificateKind } from '../../core/certificates/revoked-certificate.ts';
import { apiKeyKind } from '../../core/credentials/api-key-record.ts';
import { basicUserKind } from '../../core/credentials/basic-user-record.ts';
import { publishedIssuerKeys } from '../../core/keys/published-issuer-keys.ts';
import { followedKeys } from '../../core/revocation/heed-changes.ts';
import { verifiedTokenCache } from '../../core/tokens/verified-token-cache.ts';
import { apiKeyAuthenticator } from '../api-key/authenticate.ts';
import { basicAuthenticator } from '../basic/authenticate.ts';
import { type BundledPolicy, fromEnv } from '../config.ts';
import { jwtAuthenticator } from '../jwt/authenticate.ts';
import { issuerRules } from '../jwt/issuers.ts';
import { certificateAuthenticator } from '../mtls/authenticate.ts';
import { type AuthorizerHandler, serve } from '../serve.ts';

const config = fromEnv(process.env);
const { issuer, audience } = config;
const bundled = bundledPolicy<BundledPolicy>();
const { clock, randomness, audit } = systemRuntime;
const stores = authorizerStores({ ...config, env: process.env, clock });

const ownKeys = followedKeys(
  publishedIssuerKeys(
    dynamoPublishedKeys(dynamoReader({ env: process.env }), config.verificationTable),
    config.publishedKeysCacheSeconds,
  ),
  stores.revocations,
);

/** Whatever a route accepts, on every surface of API Gateway. */
export const handler: AuthorizerHandler = serve(
  {
    authenticators: [
      jwtAuthenticator({
        issuers: issuerRules(config, ownKeys, bundled.trustedIssuers, httpsKeySetSource),
        cache: verifiedTokenCache(),
      }),
      apiKeyAuthenticator({
        keys: stores.lookup(apiKeyKind),
        prefix: config.apiKeyPrefix,
        environment: config.apiKeyEnvironment,
        lastUse: stores.lastUse,
        ...{ issuer, audience, audit },
      }),
      basicAuthenticator({
        users: stores.lookup(basicUserKind),
        failures: stores.failures,
        pause: systemPause,
        ...{ issuer, audience, randomness },
      }),
      certificateAuthenticator({
        pins: stores.lookup(certificatePinKind),
        rules: stores.lookup(certificateRuleKind),
        revoked: stores.lookup(revokedCertificateKind),
        ...{ issuer, audience },
      }),
    ],
    revocations: stores.revocations,
    buckets: stores.buckets,
    connections: stores.connections,
    audience,
    ...systemRuntime,
  },
  bundled,
);

// Most first requests need these, and initialization has more CPU. A failure is the first request's to meet.
// Not before everything that the log may concern listens to it.
await Promise.allSettled([
  stores.revocations.current(clock.now()),
  ...(accepts(bundled, 'bearer') ? [ownKeys.find('', clock.now())] : []),
]);

/** Does any route of the table accept this scheme? Its keys need not be read otherwise. */
function accepts({ table }: BundledPolicy, scheme: 'bearer'): boolean {
  return Object.values(table.routes).some(({ schemes }) => schemes.includes(scheme));
}
