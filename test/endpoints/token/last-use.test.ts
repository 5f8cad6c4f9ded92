import { describe, expect, test } from 'vitest';
import { memoryLastUse } from '../../../functions/adapters/memory/last-use.ts';
import { digest } from '../../../functions/core/digest.ts';
import {
  basic,
  clientCredentials,
  now,
  ordersClient,
  type WorldOptions,
  world,
} from '../../support/world.ts';

const second = { id: 's2', hash: digest('kwcs_second'), hint: 'cond', createdAt: now };
const expired = { ...second, id: 's3', hash: digest('kwcs_expired'), expiresAt: now };
const clients = [
  { ...ordersClient, secrets: [...ordersClient.secrets, second] },
  { ...ordersClient, clientId: 'billing', secrets: [expired] },
  { ...ordersClient, clientId: 'off', status: 'disabled' as const },
];

function deployment(options: WorldOptions = {}) {
  const { token, audit, clock } = world({ clients, ...options });
  const ask = async (clientId?: string, secret?: string, members = {}) =>
    (
      await token({
        headers: basic(clientId, secret),
        body: { ...clientCredentials, ...members },
      })
    ).status;
  return { ask, audit, clock };
}

/** A store that also tells how often it was written to. */
function counting() {
  const store = memoryLastUse();
  const notes: (readonly [string, number])[] = [];
  const lastUse = {
    async note(id: string, at: number) {
      notes.push([id, at]);
      await store.note(id, at);
    },
  };
  return { lastUse, notes };
}

describe('the last use of a client secret', () => {
  test('is noted once an hour, of each secret for itself, and of those alone that authenticate', async () => {
    const { lastUse, notes } = counting();
    const { ask, clock } = deployment({ lastUse });
    for (const after of [0, 1, 3_599, 3_600, 7_200]) {
      clock.seconds = now + after;
      await ask();
      expect(await ask('orders', 'kwcs_wrong')).toBe(401);
      expect(await ask('nobody')).toBe(401);
      expect(await ask('billing', 'kwcs_expired')).toBe(401);
      expect(await ask('off')).toBe(401);
    }
    await ask('orders', 'kwcs_second');
    await ask('orders', 'kwcs_second');
    expect(notes).toEqual([
      ...[0, 3_600, 7_200].map((after) => ['secret#orders#s1', now + after]),
      ['secret#orders#s2', now + 7_200],
    ]);
  });

  test('counts although the grant is refused: somebody has the secret and uses it', async () => {
    const { lastUse, notes } = counting();
    const { ask } = deployment({ lastUse });
    expect(await ask(undefined, undefined, { scope: 'nothing' })).toBe(400);
    expect(notes).toEqual([['secret#orders#s1', now]]);
  });

  test('of many at once is noted once', async () => {
    const { lastUse, notes } = counting();
    const { ask } = deployment({ lastUse });
    const statuses = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(notes).toHaveLength(1);
  });

  test('that cannot be noted refuses nobody, is reported once, and is not tried again within the hour', async () => {
    const lastUse = { note: () => Promise.reject(new TypeError('canary')) };
    const { ask, audit } = deployment({ lastUse });
    for (let i = 0; i < 3; i += 1) expect(await ask()).toBe(200);
    expect(audit.filter(({ event }) => event === 'fault')).toEqual([
      { event: 'fault', where: 'last use', fault: 'TypeError' },
    ]);
    expect(JSON.stringify(audit)).not.toContain('canary');
  });
});
