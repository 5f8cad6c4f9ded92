import { expect, test } from 'vitest';
import { metadataDocument } from '../../../functions/core/tokens/metadata.ts';
import { metadataEndpoint } from '../../../functions/endpoints/metadata/endpoint.ts';
import { httpEndpoint } from '../../../functions/gateway/http-endpoint.ts';
import { httpEvent } from '../../support/events/http-endpoint.ts';

const facts = {
  issuer: 'https://auth.example.com',
  tokenPath: '/oauth2/token',
  revocationPath: '/oauth2/revoke',
  introspectionPath: '/oauth2/introspect',
  jwksPath: '/.well-known/jwks.json',
  grantTypes: ['client_credentials'],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
  signingAlgorithms: ['RS256', 'ES256'],
  scopesSupported: [],
};
const handler = httpEndpoint(metadataEndpoint(facts, 300));
const path = '/.well-known/oauth-authorization-server';

test('names the issuer byte for byte and only what is there (RFC 8414 §2, RFC 9701 §7)', async () => {
  const answer = await handler(
    httpEvent({ method: 'GET', path, headers: { host: 'evil.example' } }),
  );
  expect(answer.statusCode).toBe(200);
  expect(JSON.parse(answer.body ?? '')).toEqual({
    issuer: 'https://auth.example.com',
    token_endpoint: 'https://auth.example.com/oauth2/token',
    revocation_endpoint: 'https://auth.example.com/oauth2/revoke',
    introspection_endpoint: 'https://auth.example.com/oauth2/introspect',
    jwks_uri: 'https://auth.example.com/.well-known/jwks.json',
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    introspection_endpoint_auth_methods_supported: [
      ...['client_secret_basic', 'client_secret_post', 'Bearer'],
    ],
    introspection_signing_alg_values_supported: ['RS256', 'ES256'],
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    request_uri_parameter_supported: false,
  });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'public, max-age=300, stale-if-error=86400',
  });
});

test('an issuer with a slash at its end keeps it, and its URLs do not double it', () => {
  expect(metadataDocument({ ...facts, issuer: 'https://auth.example.com/' })).toMatchObject({
    issuer: 'https://auth.example.com/',
    token_endpoint: 'https://auth.example.com/oauth2/token',
  });
});

test('whoever has the document gets 304 (RFC 9110 §13.1.2); HEAD gets no body; POST gets 405', async () => {
  const first = await handler(httpEvent({ method: 'GET', path }));
  const etag = String(first.headers?.etag);
  for (const value of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await handler(
      httpEvent({ method: 'GET', path, headers: { 'if-none-match': value } }),
    );
    expect(again).toMatchObject({ statusCode: 304, body: '', headers: { etag } });
  }
  const other = await handler(
    httpEvent({ method: 'GET', path, headers: { 'if-none-match': '"other"' } }),
  );
  expect(other.statusCode).toBe(200);
  expect(await handler(httpEvent({ method: 'HEAD', path }))).toMatchObject({
    statusCode: 200,
    body: '',
  });
  expect(await handler(httpEvent({ method: 'POST', path }))).toMatchObject({
    statusCode: 405,
    headers: { allow: 'GET, HEAD, OPTIONS' },
  });
});
