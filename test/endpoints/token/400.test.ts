import { describe, expect, test } from 'vitest';
import {
  basic,
  clientCredentials,
  type FormRequest,
  ordersClient,
  secret,
  world,
} from '../../support/world.ts';

const post = { client_id: 'orders', client_secret: secret };

describe('the token endpoint refuses', () => {
  test.each<[string, FormRequest, string]>([
    [
      'a missing grant_type',
      { headers: basic(), body: { scope: 'orders:read' } },
      'invalid_request',
    ],
    ['an empty body', { headers: basic(), body: '' }, 'invalid_request'],
    ['no body', { headers: basic() }, 'invalid_request'],
    [
      'a repeated parameter (RFC 6749 §3.2)',
      { headers: basic(), body: 'grant_type=client_credentials&scope=a&scope=a' },
      'invalid_request',
    ],
    [
      'a repeated grant_type',
      { headers: basic(), body: 'grant_type=client_credentials&grant_type=client_credentials' },
      'invalid_request',
    ],
    [
      'JSON',
      {
        headers: { ...basic(), 'content-type': 'application/json' },
        body: '{"grant_type":"client_credentials"}',
      },
      'invalid_request',
    ],
    [
      'multipart',
      { headers: { ...basic(), 'content-type': 'multipart/form-data; boundary=x' }, body: '' },
      'invalid_request',
    ],
    [
      'a compressed body',
      { headers: { ...basic(), 'content-encoding': 'gzip' }, body: clientCredentials },
      'invalid_request',
    ],
    [
      'parameters in the query',
      { headers: basic(), query: 'grant_type=client_credentials', body: '' },
      'invalid_request',
    ],
    [
      'a secret in the query',
      { query: `client_id=orders&client_secret=${secret}`, body: clientCredentials },
      'invalid_request',
    ],
    [
      'invalid UTF-8',
      { headers: basic(), body: 'grant_type=client_credentials&scope=%ff' },
      'invalid_request',
    ],
    ['a NUL', { headers: basic(), body: 'grant_type=client_credentials%00' }, 'invalid_request'],
    [
      'base64 that is none',
      { headers: basic(), body: '!!!', isBase64Encoded: true },
      'invalid_request',
    ],
    [
      'Basic and a secret in the body (RFC 6749 §2.3)',
      { headers: basic(), body: { ...clientCredentials, ...post } },
      'invalid_request',
    ],
    [
      'two Authorization headers, as the gateway joins them',
      {
        headers: { authorization: `${basic().authorization},${basic().authorization}` },
        body: clientCredentials,
      },
      'invalid_request',
    ],
    [
      'a secret and an assertion',
      {
        body: { ...clientCredentials, ...post, client_assertion: 'x', client_assertion_type: 'y' },
      },
      'invalid_request',
    ],
    [
      'Basic of one client with the client_id of another',
      { headers: basic(), body: { ...clientCredentials, client_id: 'other' } },
      'invalid_request',
    ],
    [
      'a secret without client_id',
      { body: { ...clientCredentials, client_secret: secret } },
      'invalid_request',
    ],
    [
      'an unknown grant_type',
      { headers: basic(), body: { grant_type: 'magic' } },
      'unsupported_grant_type',
    ],
    [
      'the password grant',
      { headers: basic(), body: { grant_type: 'password' } },
      'unsupported_grant_type',
    ],
    [
      'a grant_type that is a name of Object',
      { headers: basic(), body: { grant_type: 'constructor' } },
      'unsupported_grant_type',
    ],
    [
      'a scope that was not granted',
      { headers: basic(), body: { ...clientCredentials, scope: 'orders:read orders:admin' } },
      'invalid_scope',
    ],
    [
      'a malformed scope',
      { headers: basic(), body: { ...clientCredentials, scope: 'orders:read "' } },
      'invalid_scope',
    ],
    [
      "a resource that is not the client's (RFC 8707 §2)",
      { headers: basic(), body: { ...clientCredentials, resource: 'https://evil.example' } },
      'invalid_target',
    ],
    [
      'a resource with a fragment',
      {
        headers: basic(),
        body: { ...clientCredentials, resource: 'https://orders.example.com#x' },
      },
      'invalid_target',
    ],
    [
      'a relative resource',
      { headers: basic(), body: { ...clientCredentials, resource: '/orders' } },
      'invalid_target',
    ],
  ])('%s', async (_name, request, error) => {
    const { token } = world();
    const answer = await token(request);
    expect(answer).toMatchObject({
      status: 400,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        pragma: 'no-cache',
      },
      body: { error },
    });
    expect(Object.keys(answer.body).sort()).toEqual(['error', 'error_description']);
    // RFC 6749 §5.2: the characters that a description may have; and nothing of the request comes back.
    expect(answer.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    expect(answer.text).not.toMatch(/evil|magic|password|orders:admin|kwcs_/);
  });

  test('a grant that the client is not registered for', async () => {
    const { token } = world({ clients: [{ ...ordersClient, grantTypes: ['authorization_code'] }] });
    const answer = await token({ headers: basic(), body: clientCredentials });
    expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  });

  test.each(['openid', 'offline_access'])('%s without a user', async (scope) => {
    const { token } = world({ clients: [{ ...ordersClient, scope: [scope] }] });
    const answer = await token({ headers: basic(), body: { ...clientCredentials, scope } });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  test('a body above 64 KiB with 413 (RFC 9110 §15.5.14)', async () => {
    const { token } = world();
    const answer = await token({ headers: basic(), body: `x=${'y'.repeat(65_536)}` });
    expect(answer).toMatchObject({ status: 413, body: { error: 'invalid_request' } });
  });

  test.each(['GET', 'PUT', 'DELETE', 'HEAD', 'PATCH'])(
    '%s with 405 and what is allowed (RFC 9110 §15.5.6)',
    async (method) => {
      const { token } = world();
      const answer = await token({
        method,
        headers: basic(),
        query: 'grant_type=client_credentials',
      });
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST, OPTIONS' } });
    },
  );

  test('nothing of a preflight, which needs no client and reflects no origin', async () => {
    const { token } = world();
    const answer = await token({ method: 'OPTIONS', headers: { origin: 'https://app.example' } });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });
});
