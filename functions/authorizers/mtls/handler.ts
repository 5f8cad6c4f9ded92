import { authorizerStores } from '../../adapters/dynamodb/authorizer-stores.ts';
import { bundledPolicy } from '../../adapters/system/bundled-policy.ts';
import { systemRuntime } from '../../adapters/system/runtime.ts';
import { certificatePinKind } from '../../core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../../core/certificates/certificate-rule.ts';
import { revokedCertificateKind } from '../../core/certificates/revoked-certificate.ts';
import { type BundledPolicy, fromEnv } from '../config.ts';
import { type AuthorizerHandler, serve } from '../serve.ts';
import { certificateAuthenticator } from './authenticate.ts';

const config = fromEnv(process.env);
const { issuer, audience } = config;
const { clock } = systemRuntime;
const stores = authorizerStores({ ...config, env: process.env, clock });

/** Client certificates, on every surface that shows them. */
export const handler: AuthorizerHandler = serve(
  {
    authenticators: [
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
  bundledPolicy<BundledPolicy>(),
);

// The first request needs it anyway, and initialization has more CPU. A failure is the first request's to meet.
// Not before everything that the log may concern listens to it.
await Promise.allSettled([stores.revocations.current(clock.now())]);
