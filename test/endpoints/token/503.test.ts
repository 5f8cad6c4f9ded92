import { describe, expect, test } from 'vitest';
import { cachedRing } from '../../../functions/core/keys/cached-ring.ts';
import { RingUnavailable } from '../../../functions/core/ports/signing-keys.ts';
import { basic, clientCredentials, ordersClient, world } from '../../support/world.ts';

const request = { headers: basic(), body: clientCredentials };

describe('the token endpoint is temporarily unavailable, and says so', () => {
  const unavailable = {
    status: 503,
    headers: { 'retry-after': '5', 'cache-control': 'no-store' },
    body: { error: 'temporarily_unavailable' },
  };

  test('while clients cannot be looked up: never "invalid client"', async () => {
    const store = {
      find: async () => {
        throw new Error('ProvisionedThroughputExceededException with details');
      },
    };
    const { token, audit } = world({ store });
    const answer = await token(request);
    expect(answer).toMatchObject(unavailable);
    expect(answer.text).not.toContain('details');
    expect(audit).toEqual([
      {
        event: 'fault',
        requestId: expect.any(String),
        where: 'token',
        fault: 'the Clients table is unavailable',
        cause: 'Error',
      },
    ]);
  });

  test('while there is no ring', async () => {
    const keys = {
      current: async () => {
        throw new RingUnavailable('no key ring was made yet');
      },
    };
    expect(await world({ keys }).token(request)).toMatchObject(unavailable);
  });

  test.each(['{"schema":0}', '{"schema":2,"keys":[]}', 'not json', '{"schema":1}'])(
    'while the secret holds %s: nothing is signed with what is not understood',
    async (text) => {
      const keys = cachedRing({
        fetchText: async () => text,
        clock: { now: () => 1 },
        audit: { write: () => {} },
        ringCacheSeconds: 1,
        ringHoldSeconds: 1,
      });
      expect(await world({ keys }).token(request)).toMatchObject(unavailable);
    },
  );

  test('a refusal that needs no key is given even then', async () => {
    const keys = {
      current: async () => {
        throw new RingUnavailable('away');
      },
    };
    const answer = await world({ keys }).token({
      headers: basic('nobody'),
      body: clientCredentials,
    });
    expect(answer.status).toBe(401);
  });
});

test('what nobody expected is a 500 that tells nothing', async () => {
  const broken = { ...ordersClient, scope: 5 as unknown as string[] };
  const { token, audit } = world({ clients: [broken] });
  const answer = await token({ headers: basic(), body: { ...clientCredentials, scope: 'a' } });
  expect(answer).toMatchObject({ status: 500, body: { error: 'server_error' } });
  expect(audit).toEqual([
    { event: 'fault', requestId: expect.any(String), where: 'token', fault: 'TypeError' },
  ]);
});
