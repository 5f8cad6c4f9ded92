import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FaultRule } from '../../local/aws/fault.ts';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';

let world: DemoWorld;

// Each test starts cold: what is cached decides what an outage looks like.
beforeEach(async () => {
  world = await demoWorld({ revocationLag: '0' });
}, 60_000);
afterEach(() => world.stop());

async function ask(url: string, init?: RequestInit) {
  const response = await fetch(url, init);
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    challenge: response.headers.get('www-authenticate'),
    body: (await response.text()).slice(0, 200),
  };
}

function token() {
  return ask(`${world.issuer}/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${world.clientId}:${world.clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
}

const faults: readonly [string, FaultRule['fault']][] = [
  ['throttles', { kind: 'throttle' }],
  ['answers 500', { kind: 'error', when: 'before', status: 500 }],
  ['resets connections', { kind: 'reset', when: 'before' }],
  ['answers garbage', { kind: 'garbage' }],
  ['denies access', { kind: 'access-denied' }],
];

describe('while nothing is cached', () => {
  test.each(faults)(
    'DynamoDB %s: 503 with Retry-After, never "invalid client"',
    async (_name, fault) => {
      const heal = world.hosted.endpoint.inject({ operation: 'dynamodb:GetItem', fault });
      expect(await token()).toMatchObject({
        status: 503,
        retryAfter: '5',
        body: expect.stringContaining('"temporarily_unavailable"'),
      });
      heal();
      await expect.poll(async () => (await token()).status, { timeout: 10_000 }).toBe(200);
    },
    40_000,
  );

  test.each(faults)(
    'Secrets Manager %s: 503 with Retry-After, then it heals',
    async (_name, fault) => {
      const heal = world.hosted.endpoint.inject({
        operation: 'secretsmanager:GetSecretValue',
        fault,
      });
      expect(await token()).toMatchObject({ status: 503, retryAfter: '5' });
      heal();
      await expect.poll(async () => (await token()).status, { timeout: 10_000 }).toBe(200);
    },
    40_000,
  );

  test('the key set cannot be read: authorizers are unavailable, never "no"; REST says 503, HTTP API 500', async () => {
    const accessToken = await world.token('orders:read');
    const heal = world.hosted.endpoint.inject({
      operation: 'dynamodb:GetItem',
      body: /JWKS/,
      fault: { kind: 'error', when: 'before', status: 500 },
    });
    const init = { headers: { authorization: `Bearer ${accessToken}` } };
    const rest = await ask(`${world.restApi}/orders`, init);
    expect(rest).toMatchObject({ status: 503, retryAfter: '5', challenge: null });
    expect((await ask(`${world.httpApi}/orders`, init)).status).toBe(500);
    heal();
    const status = async () => (await ask(`${world.restApi}/orders`, init)).status;
    await expect.poll(status, { timeout: 10_000 }).toBe(200);
  }, 40_000);
});

describe('with warm caches', () => {
  test('an outage of Secrets Manager goes unnoticed: the ring in memory signs on', async () => {
    expect((await token()).status).toBe(200);
    world.hosted.endpoint.inject({
      operation: 'secretsmanager:GetSecretValue',
      fault: { kind: 'error', when: 'before', status: 500 },
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await token()).status).toBe(200);
  }, 40_000);

  test('an outage of the key set goes unnoticed: authorizers verify with their copy, jwks serves its own', async () => {
    const accessToken = await world.token('orders:read');
    const init = { headers: { authorization: `Bearer ${accessToken}` } };
    expect((await ask(`${world.restApi}/orders`, init)).status).toBe(200);
    expect((await ask(`${world.issuer}/.well-known/jwks.json`)).status).toBe(200);
    world.hosted.endpoint.inject({
      operation: 'dynamodb:GetItem',
      body: /JWKS/,
      fault: { kind: 'throttle' },
    });
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect((await ask(`${world.restApi}/orders`, init)).status).toBe(200);
    expect((await ask(`${world.issuer}/.well-known/jwks.json`)).status).toBe(200);
  }, 40_000);
});
