import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activeKeys,
  firstRing,
  nextKeys,
  nextRing,
} from '../../../functions/core/keys/key-ring.ts';
import { parseRing } from '../../../functions/core/keys/parse-ring.ts';
import { holdsAny, ringWithout } from '../../../functions/core/keys/ring-without.ts';
import { algorithms } from '../../../functions/core/tokens/algorithm.ts';
import { drawKeys, drawMac } from '../../../functions/rotation/draw.ts';
import { countingRandomness, fakeKeys } from '../../support/fake-keys.ts';

const generator = fakeKeys();
const randomness = countingRandomness();
const fresh = async () => ({
  active: await drawKeys(generator),
  keys: await drawKeys(generator),
  mac: drawMac(randomness),
});
const making = { now: 9_000, publishedGeneration: 7, madeFrom: 'v9' };

/** A ring with a key of every state and two MAC keys. */
async function someRing() {
  const first = firstRing({ now: 1, publishedGeneration: 0, madeFrom: 'v0' }, await fresh());
  const rules = { retirementSeconds: 100, macRetirementSeconds: 100, leadWaived: false };
  return nextRing(
    first,
    { now: 2, publishedGeneration: 1, madeFrom: 'v1', ...rules },
    await fresh(),
  );
}

const ring = await someRing();
const ids = [...ring.keys.map(({ kid }) => kid), ...ring.mac.map(({ id }) => id)];
const some = fc.subarray(ids).map((chosen) => new Set(chosen));

describe('a ring without revoked keys', () => {
  test('is sound, holds none of them, and has one key that signs and one next for each algorithm', async () => {
    const material = await fresh();
    fc.assert(
      fc.property(some, (revoked) => {
        const after = ringWithout(ring, revoked, making, material);
        expect(holdsAny(after, revoked)).toBe(false);
        expect(parseRing(JSON.stringify(after))).toEqual({ kind: 'ring', ring: after });
        for (const of of [activeKeys, nextKeys]) {
          expect(of(after).map(({ alg }) => alg)).toEqual(algorithms);
        }
        expect(after).toMatchObject({ generation: 8, madeAt: 9_000, madeFrom: 'v9' });
        expect(after.mac.filter(({ state }) => state === 'active')).toHaveLength(1);
      }),
    );
  });

  test('keeps every other key, and its state unless it takes the place of one', async () => {
    const material = await fresh();
    fc.assert(
      fc.property(some, (revoked) => {
        const after = ringWithout(ring, revoked, making, material);
        for (const key of ring.keys.filter(({ kid }) => !revoked.has(kid))) {
          const isHeir = activeKeys(ring).some(
            ({ alg, kid }) => key.state === 'next' && alg === key.alg && revoked.has(kid),
          );
          expect(after.keys).toContainEqual(isHeir ? { ...key, state: 'active' } : key);
        }
        for (const mac of ring.mac.filter(({ id }) => !revoked.has(id))) {
          expect(after.mac).toContainEqual(mac);
        }
      }),
    );
  });

  test('never grows, and says that a lead was waived exactly where another key begins to sign', async () => {
    const material = await fresh();
    fc.assert(
      fc.property(some, (revoked) => {
        const after = ringWithout(ring, revoked, making, material);
        expect(after.keys.length).toBeLessThanOrEqual(ring.keys.length);
        const isPromoted = activeKeys(ring).some(({ kid }) => revoked.has(kid));
        expect(after.leadWaived).toBe(isPromoted ? true : undefined);
      }),
    );
  });

  test('a MAC key that makes handles cannot be distrusted', () => {
    const [mac] = ring.mac;
    const text = JSON.stringify({ ...ring, mac: [{ ...mac, distrusted: true }] });
    expect(mac?.state).toBe('active');
    expect(parseRing(text)).toEqual({ kind: 'broken' });
  });
});
