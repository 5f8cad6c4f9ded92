import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, test } from 'vitest';
import { keyGenerator } from '../../../functions/core/keys/generate-key.ts';
import {
  activeKeys,
  firstRing,
  type KeyRing,
  nextKeys,
  nextRing,
  nextRingSize,
  type RingKey,
  sameRing,
} from '../../../functions/core/keys/key-ring.ts';
import { parseRing } from '../../../functions/core/keys/parse-ring.ts';
import {
  arePublished,
  publicHalf,
  publicLongEnough,
  withRetirement,
} from '../../../functions/core/keys/publish-ring.ts';
import { algorithms } from '../../../functions/core/tokens/algorithm.ts';
import { drawKeys, drawMac } from '../../../functions/rotation/draw.ts';
import { tryKey } from '../../../functions/rotation/try-key.ts';
import { countingRandomness, fakeKeys } from '../../support/fake-keys.ts';

const retirementSeconds = 1_000;
const macRetirementSeconds = 5_000;

/** A source of fresh material; no two draws share a key. */
function source() {
  const keys = fakeKeys();
  const randomness = countingRandomness();
  const fresh = async () => ({ keys: await drawKeys(keys), mac: drawMac(randomness) });
  return {
    first: async (now: number, publishedGeneration = 0) =>
      firstRing(
        { now, publishedGeneration, madeFrom: 'v0' },
        { active: await drawKeys(keys), ...(await fresh()) },
      ),
    next: async (ring: KeyRing, now: number, publishedGeneration = 0, leadWaived = false) =>
      nextRing(
        ring,
        {
          now,
          publishedGeneration,
          madeFrom: `v${ring.generation}`,
          retirementSeconds,
          macRetirementSeconds,
          leadWaived,
        },
        await fresh(),
      ),
  };
}

const kids = (keys: readonly RingKey[]) => keys.map(({ kid }) => kid);
const inState = (ring: KeyRing, state: RingKey['state']) =>
  ring.keys.filter((key) => key.state === state);

describe('a ring', () => {
  test('begins with a key that signs and one that will, for each algorithm', async () => {
    const ring = await source().first(100);
    expect(ring).toMatchObject({ schema: 1, generation: 1, madeFrom: 'v0', madeAt: 100 });
    expect(activeKeys(ring).map(({ alg }) => alg)).toEqual(algorithms);
    expect(nextKeys(ring).map(({ alg }) => alg)).toEqual(algorithms);
    expect(ring.mac).toMatchObject([{ state: 'active', since: 100 }]);
  });

  test('lets the next keys sign, retires those that signed, and brings fresh ones', async () => {
    const make = source();
    const ring = await make.first(100);
    const after = await make.next(ring, 200);
    expect(kids(activeKeys(after))).toEqual(kids(nextKeys(ring)));
    expect(kids(inState(after, 'retired'))).toEqual(kids(activeKeys(ring)));
    expect(nextKeys(after)).toHaveLength(2);
    for (const kid of kids(nextKeys(after))) expect(kids(ring.keys)).not.toContain(kid);
    expect(after).toMatchObject({ generation: 2, madeFrom: 'v1', madeAt: 200 });
    expect(after.leadWaived).toBeUndefined();
  });

  test('drops the private half of a key that retires', async () => {
    const make = source();
    const ring = await make.next(await make.first(0), 1);
    for (const key of inState(ring, 'retired')) expect(key).not.toHaveProperty('private');
    for (const key of nextKeys(ring)) expect(key).toHaveProperty('private.d');
  });

  test('dates the removal of a key one rotation after it retired, and drops it one later still', async () => {
    const make = source();
    const first = await make.first(0);
    const [old] = kids(activeKeys(first));
    const find = (ring: KeyRing) => ring.keys.find(({ kid }) => kid === old);
    const second = await make.next(first, 10_000);
    expect(find(second)).not.toHaveProperty('until');
    const third = await make.next(second, 20_000);
    expect(find(third)).toMatchObject({ until: 20_000 + retirementSeconds });
    expect(find(await make.next(third, 20_000 + retirementSeconds - 1))).toBeDefined();
    expect(find(await make.next(third, 20_000 + retirementSeconds))).toBeUndefined();
  });

  test('retires MAC keys likewise, for as long as handles live', async () => {
    const make = source();
    const first = await make.first(0);
    const id = first.mac[0]?.id;
    const find = (ring: KeyRing) => ring.mac.find((mac) => mac.id === id);
    const second = await make.next(first, 10_000);
    expect(find(second)).toMatchObject({ state: 'retired' });
    expect(find(second)).not.toHaveProperty('until');
    const third = await make.next(second, 20_000);
    expect(find(third)).toMatchObject({ until: 20_000 + macRetirementSeconds });
    expect(find(await make.next(third, 24_999))).toBeDefined();
    expect(find(await make.next(third, 25_000))).toBeUndefined();
    expect(third.mac.filter(({ state }) => state === 'active')).toHaveLength(1);
  });

  test('is newer than both the ring it follows and the ring that is published', async () => {
    const make = source();
    const ring = await make.first(0, 7);
    expect(ring.generation).toBe(8);
    expect((await make.next(ring, 1)).generation).toBe(9);
    expect((await make.next(ring, 1, 20)).generation).toBe(21);
    const again = sameRing(ring, { now: 1, publishedGeneration: 20, madeFrom: 'x' });
    expect(again).toMatchObject({ generation: 21, madeFrom: 'x', keys: ring.keys, mac: ring.mac });
  });

  test('remembers that a lead was waived for it, and the ring that repeats it does not', async () => {
    const make = source();
    const ring = await make.next(await make.first(0), 1, 0, true);
    expect(ring.leadWaived).toBe(true);
    expect(sameRing(ring, { now: 2, publishedGeneration: 0, madeFrom: 'x' })).not.toHaveProperty(
      'leadWaived',
    );
  });

  test('keeps its shape through any sequence of rotations', async () => {
    const steps = fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 3_000 }), isSkipped: fc.boolean() }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const make = source();
        let now = 0;
        let ring = await make.first(now);
        const seen = new Set(kids(ring.keys));
        for (const { wait, isSkipped } of sequence) {
          now += wait;
          const size = nextRingSize(ring, now);
          const after = isSkipped
            ? sameRing(ring, { now, publishedGeneration: 0, madeFrom: 'v' })
            : await make.next(ring, now);
          if (!isSkipped) expect(after.keys).toHaveLength(size);
          for (const kid of kids(after.keys).filter((each) => !kids(ring.keys).includes(each))) {
            // A key that was ever in a ring never comes back.
            expect(seen.has(kid)).toBe(false);
            seen.add(kid);
          }
          ring = after;
          expect(activeKeys(ring)).toHaveLength(2);
          expect(nextKeys(ring)).toHaveLength(2);
          expect(parseRing(JSON.stringify(ring))).toEqual({ kind: 'ring', ring });
        }
      }),
      { numRuns: 60 },
    );
  });

  test('never holds more than ten keys when rotations are further apart than a retirement', async () => {
    const make = source();
    let ring = await make.first(0);
    for (let now = 1; now <= 20; now += 1) {
      ring = await make.next(ring, now * (retirementSeconds + 1));
      expect(ring.keys.length).toBeLessThanOrEqual(8);
    }
  });
});

describe('the public half of a ring', () => {
  test('holds every key, those that sign first, and no private member', async () => {
    const make = source();
    const ring = await make.next(await make.first(0), 5);
    const set = publicHalf(ring, undefined, 10);
    expect(set).toMatchObject({ v: 1, generation: 2, revision: 1 });
    expect(set.keys.map(({ state }) => state)).toEqual([
      'active',
      'active',
      'next',
      'next',
      'retired',
      'retired',
    ]);
    expect(JSON.stringify(set)).not.toMatch(/"d":/);
    expect(arePublished(ring.keys, set)).toBe(true);
  });

  test('keeps the date since when a key is public, and gives a new key its own', async () => {
    const make = source();
    const ring = await make.first(0);
    const first = publicHalf(ring, undefined, 10);
    const second = publicHalf(await make.next(ring, 50), first, 60);
    expect(second.revision).toBe(2);
    const since = new Map(second.keys.map((key) => [key.jwk.kid, key.publishedAt]));
    for (const { kid } of ring.keys) expect(since.get(kid)).toBe(10);
    expect([...since.values()].filter((at) => at === 60)).toHaveLength(2);
  });

  test('dates the end of signing once, and keeps the date', async () => {
    const make = source();
    const ring = await make.next(await make.first(0), 5);
    const set = publicHalf(ring, undefined, 10);
    expect(set.keys.some(({ retiredAt }) => retiredAt !== undefined)).toBe(false);
    const dated = withRetirement(ring, set, 20);
    if (dated === undefined) return expect.fail('nothing was dated');
    const dates = dated.keys.map(({ retiredAt }) => retiredAt);
    expect(dates).toEqual([undefined, undefined, undefined, undefined, 20, 20]);
    expect(dated.revision).toBe(set.revision + 1);
    expect(withRetirement(ring, dated, 30)).toBeUndefined();
    const later = publicHalf(await make.next(ring, 40), dated, 50);
    expect(later.keys.filter(({ retiredAt }) => retiredAt === 20)).toHaveLength(2);
  });

  test('proves the lead by the published date alone', async () => {
    const ring = await source().first(0);
    const set = publicHalf(ring, undefined, 100);
    expect(publicLongEnough(nextKeys(ring), set, 199, 100)).toBe(false);
    expect(publicLongEnough(nextKeys(ring), set, 200, 100)).toBe(true);
    expect(publicLongEnough(nextKeys(ring), undefined, 10_000, 100)).toBe(false);
    const lost = { ...set, keys: set.keys.slice(0, 3) };
    expect(publicLongEnough(nextKeys(ring), lost, 10_000, 100)).toBe(false);
  });

  test('of another key under the same kid is not that key', async () => {
    const ring = await source().first(0);
    const set = publicHalf(ring, undefined, 0);
    const [head, ...rest] = set.keys;
    if (head === undefined) return expect.fail('no key');
    const forged = { ...set, keys: [{ ...head, jwk: { ...head.jwk, n: 'other' } }, ...rest] };
    expect(arePublished(ring.keys, forged)).toBe(false);
    expect(arePublished(ring.keys, undefined)).toBe(false);
  });
});

describe('the text of the secret', () => {
  test.each([
    ['{"schema":0}', 'sentinel'],
    ['{"schema":0,"generation":1}', 'broken'],
    ['{"schema":2,"anything":[]}', 'unknown_schema'],
    ['{"schema":"1"}', 'broken'],
    ['{"schema":1}', 'broken'],
    ['[]', 'broken'],
    ['', 'broken'],
    ['not JSON', 'broken'],
    ['null', 'broken'],
  ])('%s is read as %s', (text, kind) => {
    expect(parseRing(text)).toEqual({ kind });
  });

  test('is never thrown at, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(['sentinel', 'unknown_schema', 'broken']).toContain(parseRing(text).kind);
      }),
    );
  });

  type Change = (ring: {
    keys: Record<string, unknown>[];
    mac: Record<string, unknown>[];
    [member: string]: unknown;
  }) => void;
  const changes: Readonly<Record<string, Change>> = {
    'a kid twice': (ring) => {
      ring.keys.push({ ...ring.keys[0], state: 'retired', private: undefined });
    },
    'two keys that sign for one algorithm': (ring) => {
      Object.assign(ring.keys[2] ?? {}, { state: 'active' });
    },
    'no key that signs': (ring) => {
      ring.keys.splice(0, 2);
    },
    'no key at all': (ring) => {
      ring.keys = [];
    },
    'an algorithm that is not its own': (ring) => {
      Object.assign(ring.keys[0] ?? {}, { alg: 'none' });
    },
    'a retired key with a private half': (ring) => {
      Object.assign(ring.keys[0] ?? {}, { state: 'retired' });
    },
    'a signing key without a private half': (ring) => {
      delete ring.keys[0]?.private;
    },
    'a private member in a public half': (ring) => {
      Object.assign(ring.keys[0]?.public ?? {}, { d: 'secret' });
    },
    'a public half under another kid': (ring) => {
      Object.assign(ring.keys[0]?.public ?? {}, { kid: 'other' });
    },
    'a generation that is no count': (ring) => {
      ring.generation = 0;
    },
    'no MAC key': (ring) => {
      ring.mac = [];
    },
    'two MAC keys in force': (ring) => {
      ring.mac.push({ ...ring.mac[0], id: 'other' });
    },
    'a short MAC key': (ring) => {
      Object.assign(ring.mac[0] ?? {}, { key: 'AAAA' });
    },
  };

  test.each(Object.entries(changes))('with %s is not a ring', async (_, change) => {
    const ring = JSON.parse(JSON.stringify(await source().first(0)));
    expect(parseRing(JSON.stringify(ring)).kind).toBe('ring');
    change(ring);
    expect(parseRing(JSON.stringify(ring))).toEqual({ kind: 'broken' });
  });
});

describe('a generated key', () => {
  test.each(algorithms)(
    '%s: kid is the thumbprint (RFC 7638), and its halves belong together',
    async (alg) => {
      const key = await keyGenerator.generate(alg);
      expect(key.kid).toBe(await calculateJwkThumbprint(key.public, 'sha256'));
      expect(key.public).toMatchObject({ kid: key.kid, alg, use: 'sig' });
      expect(key.public).not.toHaveProperty('d');
      const details = createPublicKey({
        key: { ...key.public },
        format: 'jwk',
      }).asymmetricKeyDetails;
      expect(details).toMatchObject(
        alg === 'RS256'
          ? { modulusLength: 2048, publicExponent: 65_537n }
          : { namedCurve: 'prime256v1' },
      );
      const ringKey = { ...key, state: 'active', createdAt: 0 } as const;
      expect(tryKey(ringKey, key.public)).toBe(true);
      const other = await keyGenerator.generate(alg);
      expect(tryKey(ringKey, other.public)).toBe(false);
      // Under the right kid, but not the right key.
      expect(tryKey(ringKey, { ...other.public, kid: key.kid })).toBe(false);
    },
  );

  test('is read back from the secret as it was written', async () => {
    const [active, keys] = [await drawKeys(keyGenerator), await drawKeys(keyGenerator)];
    const mac = drawMac({ bytes: (count) => new Uint8Array(count).fill(0xff) });
    const making = { now: 1, publishedGeneration: 0, madeFrom: 'v0' };
    const ring = firstRing(making, { active, keys, mac });
    expect(parseRing(JSON.stringify(ring))).toEqual({ kind: 'ring', ring });
  });
});
