import { clientAuthenticationMethods } from '../../core/clients/client.ts';
import { algorithms } from '../../core/tokens/algorithm.ts';
import { cors } from '../../gateway/cors.ts';
import { httpEndpoint } from '../../gateway/http-endpoint.ts';
import { path as introspectionPath } from '../introspect/config.ts';
import { path as jwksPath } from '../jwks/config.ts';
import { path as revocationPath } from '../revoke/config.ts';
import { path as tokenPath } from '../token/config.ts';
import { grants } from '../token/grants.ts';
import { fromEnv } from './config.ts';
import { metadataEndpoint } from './endpoint.ts';

const config = fromEnv(process.env);

const endpoint = metadataEndpoint(
  {
    issuer: config.issuer,
    tokenPath,
    revocationPath,
    introspectionPath,
    jwksPath,
    grantTypes: grants.map(({ grantType }) => grantType),
    clientAuthMethods: clientAuthenticationMethods,
    signingAlgorithms: algorithms,
    scopesSupported: config.scopesSupported,
  },
  config.maxAgeSeconds,
);

/** `/.well-known/oauth-authorization-server` and `/.well-known/openid-configuration` */
export const handler: ReturnType<typeof httpEndpoint> = httpEndpoint(
  cors(endpoint, ['GET', 'HEAD']),
);
