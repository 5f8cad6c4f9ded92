import { expect, test } from 'vitest';
import type { AuditEvent } from '../../../functions/core/audit.ts';
import { cachedRing, retryAfterSeconds } from '../../../functions/core/keys/cached-ring.ts';
import { firstRing } from '../../../functions/core/keys/key-ring.ts';
import { RingUnavailable } from '../../../functions/core/ports/signing-keys.ts';
import { drawKeys, drawMac } from '../../../functions/rotation/draw.ts';
import { countingRandomness, fakeKeys } from '../../support/fake-keys.ts';

const keys = fakeKeys();
const randomness = countingRandomness();

async function ringText(publishedGeneration: number): Promise<string> {
  const making = { now: 0, publishedGeneration, madeFrom: 'v0' };
  const fresh = { active: await drawKeys(keys), keys: await drawKeys(keys) };
  return JSON.stringify(firstRing(making, { ...fresh, mac: drawMac(randomness) }));
}

/** A signer whose secret and clock the test sets. */
function signer(options: { ringCacheSeconds?: number; ringHoldSeconds?: number } = {}) {
  const events: AuditEvent[] = [];
  const state = { now: 1_000, text: '' as string | Error, fetches: 0 };
  const ring = cachedRing({
    ringCacheSeconds: 300,
    ringHoldSeconds: 86_400,
    ...options,
    clock: { now: () => state.now },
    audit: { write: (event) => events.push(event) },
    fetchText: async () => {
      state.fetches += 1;
      if (state.text instanceof Error) throw state.text;
      return state.text;
    },
  });
  const generation = async () => (await ring.current()).generation;
  return { state, events, ring, generation };
}

test('a ring is fetched once while it is fresh, and again afterwards', async () => {
  const { state, generation } = signer();
  state.text = await ringText(0);
  expect(await generation()).toBe(1);
  state.text = await ringText(1);
  state.now += 299;
  expect(await generation()).toBe(1);
  state.now += 1;
  expect(await generation()).toBe(2);
  expect(state.fetches).toBe(2);
});

test('callers that come together share one fetch', async () => {
  const { state, generation } = signer();
  state.text = await ringText(0);
  await Promise.all(Array.from({ length: 20 }, generation));
  expect(state.fetches).toBe(1);
});

test.each([
  ['away', new Error('no answer')],
  ['reset to the sentinel', '{"schema":0}'],
  ['written by newer code', '{"schema":2}'],
  ['edited by hand', '{"schema":1,"keys":[]}'],
])('a secret that is %s leaves the last ring in use until its hold ends', async (_, text) => {
  const { state, events, ring, generation } = signer({ ringHoldSeconds: 1_000 });
  state.text = await ringText(0);
  await generation();
  state.text = text;
  state.now += 999;
  expect(await generation()).toBe(1);
  expect(events).toMatchObject([{ event: 'fault', where: 'key-ring' }]);
  state.now += 1;
  await expect(ring.current()).rejects.toThrow(RingUnavailable);
});

test('after a fetch that failed no other happens for five seconds with a ring to go on with, for one without', async () => {
  const { state, events, ring, generation } = signer();
  state.text = new Error('no answer');
  await expect(ring.current()).rejects.toThrow(RingUnavailable);
  await expect(ring.current()).rejects.toThrow(RingUnavailable);
  expect(state.fetches).toBe(1);
  state.now += 1;
  state.text = await ringText(0);
  expect(await generation()).toBe(1);
  state.text = new Error('no answer');
  state.now += 300;
  for (let calls = 0; calls < 10; calls += 1) await generation();
  expect(state.fetches).toBe(3);
  expect(events).toHaveLength(2);
});

test('a ring that can be fetched again takes the place of the one that was held', async () => {
  const { state, generation } = signer();
  state.text = await ringText(0);
  await generation();
  state.text = new Error('no answer');
  state.now += 400;
  await generation();
  state.text = await ringText(1);
  state.now += retryAfterSeconds;
  expect(await generation()).toBe(2);
});

test('no ring is used for longer than the hold, however long it may be cached', async () => {
  const { state, ring, generation } = signer({ ringCacheSeconds: 300, ringHoldSeconds: 3 });
  state.text = await ringText(0);
  await generation();
  state.text = new Error('no answer');
  state.now += 3;
  await expect(ring.current()).rejects.toThrow(RingUnavailable);
});

test('without any ring the error says which kind of none, and no text of the secret is in it', async () => {
  const { state, events, ring } = signer();
  state.text = '{"schema":1,"private":"sesame"}';
  const error = await ring.current().catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(RingUnavailable);
  expect(`${String(error)}${JSON.stringify(events)}`).not.toContain('sesame');
  expect(events).toEqual([
    { event: 'fault', where: 'key-ring', fault: 'the secret holds no key ring' },
  ]);
});

test('a newer ring that somebody has named is fetched at once, and not again once it is there', async () => {
  const { state, ring } = signer();
  state.text = await ringText(0);
  expect((await ring.current(0)).generation).toBe(1);
  state.text = await ringText(6);
  state.now += 1;
  expect((await ring.current(7)).generation).toBe(7);
  expect((await ring.current(7)).generation).toBe(7);
  expect(state.fetches).toBe(2);
});

test('a ring that is named before the secret has it is asked for once a second, and the one at hand signs on', async () => {
  const { state, ring } = signer();
  state.text = await ringText(0);
  for (let calls = 0; calls < 10; calls += 1) {
    expect((await ring.current(7)).generation).toBe(1);
  }
  expect(state.fetches).toBe(1);
  state.now += 1;
  await ring.current(7);
  expect(state.fetches).toBe(2);
});
