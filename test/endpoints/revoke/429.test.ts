import { describe, expect, test } from 'vitest';
import { defaults, revocationKeepSeconds } from '../../../functions/core/durations.ts';
import type { BucketRate } from '../../../functions/core/ports/token-buckets.ts';
import { accessToken, done, type IssuerWorld, issuerWorld } from '../../support/issuer-world.ts';
import { basic, ordersClient } from '../../support/world.ts';

const clients = [ordersClient, { ...ordersClient, clientId: 'billing' }];

/** Buckets with so many tokens for each client and for all of them, which never flow in again. */
function smallBuckets(tokens: number, forAll = 100) {
  const left = new Map<string, number>();
  const rates: BucketRate[] = [];
  return {
    rates,
    async lease(id: string, want: number, rate: BucketRate) {
      rates.push(rate);
      const have =
        left.get(id) ?? (id.includes('orders') || id.includes('billing') ? tokens : forAll);
      const got = have >= want ? want : Math.min(have, 1);
      left.set(id, have - got);
      return got;
    },
  };
}

/** How many of so many revocations, one after the other, were answered how. */
async function flood(
  { revoke }: IssuerWorld,
  count: number,
  client_id = 'orders',
): Promise<Readonly<Record<string, number>>> {
  const statuses: Record<string, number> = {};
  for (let i = 0; i < count; i += 1) {
    const token = accessToken({ jti: `${client_id}-${i}`, client_id }, 'ES256');
    const { status } = await revoke({ headers: basic(client_id), body: { token } });
    statuses[`${status}`] = (statuses[`${status}`] ?? 0) + 1;
  }
  return statuses;
}

describe('what one client may write is bounded, because every verifier has to remember it', () => {
  test('beyond it: 429, when to come again, and nothing is written (RFC 6585 §4)', async () => {
    const buckets = smallBuckets(3);
    const world = issuerWorld({ buckets });
    expect(await flood(world, 5)).toEqual({ 200: 3, 429: 2 });
    expect(await world.entries()).toHaveLength(3);
    expect(buckets.rates.slice(0, 2)).toEqual([
      { perSecond: 5, burst: 1_000 },
      { perSecond: 25, burst: 2_500 },
    ]);
    expect(await world.revoke({ headers: basic(), body: { token: accessToken() } })).toMatchObject({
      status: 429,
      headers: { 'retry-after': '1', 'cache-control': 'no-store' },
      body: { error: 'temporarily_unavailable' },
    });
    expect(world.audit.at(-1)).toMatchObject({
      ...{ event: 'revocation_refused', reason: 'too_many_writes' },
      ...{ clientId: 'orders', credential: 'jti-1' },
    });
  });

  test('what writes nothing does not count', async () => {
    const buckets = smallBuckets(1);
    const { revoke } = issuerWorld({ buckets });
    for (const token of ['garbage', 'garbage', accessToken(), accessToken(), accessToken()]) {
      expect(await revoke({ headers: basic(), body: { token } })).toMatchObject(done);
    }
    expect(buckets.rates).toHaveLength(2);
  });

  test('one client takes nothing from another', async () => {
    const world = issuerWorld({ clients, buckets: smallBuckets(1) });
    expect(await flood(world, 2)).toEqual({ 200: 1, 429: 1 });
    expect(await flood(world, 2, 'billing')).toEqual({ 200: 1, 429: 1 });
  });

  test('all of them together stay below what a verifier is made for', async () => {
    const world = issuerWorld({ clients, buckets: smallBuckets(10, 3) });
    expect(await flood(world, 2)).toEqual({ 200: 2 });
    expect(await flood(world, 2, 'billing')).toEqual({ 200: 1, 429: 1 });
    const { accessTokenLifetimeMaxSeconds, revocationPollSeconds } = defaults;
    const keep = revocationKeepSeconds({ accessTokenLifetimeMaxSeconds, revocationPollSeconds });
    expect(25 * keep + 2_500).toBeLessThan(100_000);
  });

  test('buckets that are away are open: a token can be given back all the same', async () => {
    const world = issuerWorld();
    world.away.buckets = true;
    expect(await flood(world, 3)).toEqual({ 200: 3 });
    expect(world.audit[0]).toMatchObject({ event: 'fault', where: 'rate limit' });
  });
});
