import { describe, expect, test } from 'vitest';
import {
  basic,
  clientCredentials,
  type FormRequest,
  now,
  ordersClient,
  secret,
  world,
} from '../../support/world.ts';

const [knownSecret] = ordersClient.secrets;
if (knownSecret === undefined) throw new Error('the client has a secret');

const encoded = (text: string) => ({
  authorization: `Basic ${Buffer.from(text).toString('base64')}`,
});

describe('the token endpoint answers invalid_client (RFC 6749 §5.2)', () => {
  const cases: [string, FormRequest][] = [
    ['an unknown client', { headers: basic('nobody') }],
    ['a wrong secret', { headers: basic('orders', 'kwcs_wrong') }],
    ['a secret that is a prefix', { headers: basic('orders', secret.slice(0, -1)) }],
    ['a secret in other case', { headers: basic('orders', secret.toUpperCase()) }],
    ['a secret with a suffix', { headers: basic('orders', `${secret}0`) }],
    ['an id in other case', { headers: basic('Orders') }],
    ['an id that is a key of a table', { headers: basic('CL#orders') }],
    ['an id of 10 KB', { headers: basic('x'.repeat(6_000)) }],
    ['Basic without a colon', { headers: encoded('orders') }],
    ['Basic with an empty secret', { headers: encoded('orders:') }],
    ['Basic that is not base64', { headers: { authorization: 'Basic ***' } }],
    ['Basic without a credential', { headers: { authorization: 'Basic' } }],
    ['a Bearer token', { headers: { authorization: 'Bearer abc' } }],
    [
      'Basic with two spaces',
      { headers: { authorization: `Basic  ${basic().authorization.slice(6)}` } },
    ],
  ];

  test.each(cases)('to %s, with a Basic challenge', async (_name, request) => {
    const { token, audit } = world();
    const answer = await token({ ...request, body: clientCredentials });
    expect(answer).toMatchObject({
      status: 401,
      headers: { 'cache-control': 'no-store' },
      body: { error: 'invalid_client', error_description: 'client authentication failed' },
    });
    expect(answer.headers['www-authenticate']).toBe(
      'Basic realm="https://auth.example.com", charset="UTF-8"',
    );
    expect(audit).toHaveLength(1);
    expect(JSON.stringify(audit)).not.toContain('kwcs_');
  });

  test.each<[string, Record<string, string>]>([
    ['no credential at all', {}],
    ['a bare client_id', { client_id: 'orders' }],
    ['an assertion', { client_id: 'orders', client_assertion: 'x', client_assertion_type: 'y' }],
    ['a wrong secret in the body', { client_id: 'orders', client_secret: 'kwcs_wrong' }],
  ])('to %s, without a challenge for a header that nobody sent', async (_name, body) => {
    const { token } = world();
    const answer = await token({ body: { ...clientCredentials, ...body } });
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(answer.headers).not.toHaveProperty('www-authenticate');
  });

  test('the same bytes, whatever was wrong: unknown, wrong, expired, disabled, another method', async () => {
    const answers = [
      await world().token({ headers: basic('nobody'), body: clientCredentials }),
      await world().token({ headers: basic('orders', 'kwcs_wrong'), body: clientCredentials }),
      ...(await Promise.all(
        [
          { ...ordersClient, secrets: [{ ...knownSecret, expiresAt: now }] },
          { ...ordersClient, secrets: [] },
          { ...ordersClient, status: 'disabled' as const },
          { ...ordersClient, authenticationMethods: ['client_secret_post' as const] },
        ].map((client) =>
          world({ clients: [client] }).token({ headers: basic(), body: clientCredentials }),
        ),
      )),
    ];
    for (const answer of answers) {
      expect({ ...answer }).toEqual({ ...answers[0] });
      expect(answer.status).toBe(401);
    }
  });

  test('a secret in the place of the client id does not reach the log', async () => {
    const { token, audit } = world();
    const client_secret = `kwcs_${'1a'.repeat(24)}`;
    for (const client_id of [client_secret, client_secret.slice(5), `\t${client_secret}`]) {
      await token({ body: { ...clientCredentials, client_id, client_secret } });
    }
    expect(audit).toHaveLength(3);
    expect(audit[0]).toMatchObject({ event: 'token_refused', reason: 'unknown_client' });
    expect(JSON.stringify(audit)).not.toContain('1a1a1a');
  });

  test('a made-up client id reaches the log cut and cleaned, in one record', async () => {
    const { token, audit } = world();
    await token({
      body: { ...clientCredentials, client_id: `a${'é'.repeat(100)}`, client_secret: 'x' },
    });
    expect(audit[0]).toMatchObject({
      event: 'token_refused',
      reason: 'unknown_client',
      clientId: `a${'?'.repeat(63)}`,
    });
  });
});
