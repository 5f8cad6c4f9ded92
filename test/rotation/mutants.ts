/** Plausible mistakes in the design of rotation. Each must break an invariant in some life. */
import type { KeyRing, RingKey, SigningKey } from '../../functions/core/keys/key-ring.ts';
import { firstRing } from '../../functions/core/keys/key-ring.ts';
import { publicHalf } from '../../functions/core/keys/publish-ring.ts';
import type { PublishedKeySet } from '../../functions/core/keys/published-keys.ts';
import type { KeyPublisher } from '../../functions/core/ports/published-keys.ts';
import type { RingVersions } from '../../functions/core/ports/ring-versions.ts';
import { drawKeys, drawMac } from '../../functions/rotation/draw.ts';
import { holderOf } from '../../functions/rotation/read-ring.ts';
import { RotationRefused } from '../../functions/rotation/refusal.ts';
import type { Mutant } from './lives.ts';
import { readRing } from './observer.ts';
import { rules, type World } from './world.ts';

export const mutants: Readonly<Record<string, Mutant & { readonly breaks: string }>> = {
  'publishes only keys that sign or will': {
    breaks: 'I1',
    without: 'testSecret',
    wrapping: {
      publisher: (inner) => ({
        read: () => inner.read(),
        write: (set, revision) =>
          inner.write(
            { ...set, keys: set.keys.filter(({ state }) => state !== 'retired') },
            revision,
          ),
      }),
    },
  },
  'lets readers drop retired keys by date': { breaks: 'I1', wrapping: readersThatPrune() },
  'dates the removal of a key when the ring is made': {
    breaks: 'I1',
    wrapping: pendingAs((ring, world) => ({
      ...ring,
      keys: ring.keys.map((key) =>
        key.state === 'retired' ? { until: world.now() + rules.retirementSeconds, ...key } : key,
      ),
    })),
  },
  'lets fresh keys sign at once': {
    breaks: 'I3',
    without: 'testSecret',
    wrapping: pendingAs((ring) => ({ ...ring, keys: ring.keys.map((key) => swapped(key, ring)) })),
  },
  'trusts the calendar for the publication lead': {
    breaks: 'I3',
    rules: { publicationLeadSeconds: 0 },
  },
  'refuses when it is too early': {
    breaks: 'I7',
    wrapping: pendingAs((ring, world) => {
      const current = readRing(world.secret.currentText());
      if (JSON.stringify(current?.keys) !== JSON.stringify(ring.keys)) return ring;
      throw new RotationRefused('too_early');
    }),
  },
  'forgets older MAC keys': {
    breaks: 'I4',
    wrapping: pendingAs((ring) => ({
      ...ring,
      mac: ring.mac.filter(({ state }) => state === 'active'),
    })),
  },
  'creates without a look at what an earlier attempt has put': {
    breaks: 'I7',
    wrapping: blindCreation(),
  },
  'takes the label from whichever version has it': {
    breaks: 'I4',
    wrapping: {
      versions: (inner, world) => ({
        ...inner,
        get: async (id, label) => {
          const text = await inner.get(id, label);
          const ring = text === undefined ? undefined : readRing(text);
          if (ring === undefined || label !== 'AWSPENDING') return text;
          return JSON.stringify({ ...ring, madeFrom: world.secret.holder('AWSCURRENT') });
        },
        makeCurrent: (to) => takeLabel(inner, world, to),
      }),
    },
  },
  'draws the first ring again at each attempt': { breaks: 'I7', ensure: drawAgain },
  'writes the published set without conditions': {
    breaks: 'I3',
    wrapping: { store: unconditional },
  },
  'dates the end of signing before the label moves': {
    breaks: 'I8',
    wrapping: {
      publisher: (inner, world) => ({
        read: () => inner.read(),
        write: (set, revision) =>
          inner.write(
            {
              ...set,
              keys: set.keys.map((key) =>
                key.state === 'retired' ? { retiredAt: world.now(), ...key } : key,
              ),
            },
            revision,
          ),
      }),
    },
  },
};

/** Changes every ring that is put as pending. */
function pendingAs(change: (ring: KeyRing, world: World) => KeyRing): Mutant['wrapping'] & object {
  return {
    versions: (inner, world) => ({
      ...inner,
      putPending: async (id, value, token) => {
        const ring = readRing(value);
        const isFirst = ring?.keys.every(({ state }) => state !== 'retired') === true;
        const text = ring === undefined || isFirst ? value : JSON.stringify(change(ring, world));
        await inner.putPending(id, text, token);
      },
    }),
  };
}

/** The key in the role of the other one of its algorithm. */
function swapped(key: RingKey, ring: KeyRing): RingKey {
  if (key.state === 'retired') return key;
  const other = ring.keys.find(
    (each): each is SigningKey =>
      each.alg === key.alg && each.state !== 'retired' && each.state !== key.state,
  );
  return other === undefined ? key : { ...other, state: key.state };
}

/** Readers that count from the day on which a key was first listed as retired. */
function readersThatPrune(): Mutant['wrapping'] & object {
  const listed = new WeakMap<World, Map<string, number>>();
  return {
    reading: (keys, world) => {
      const since = listed.get(world) ?? new Map<string, number>();
      listed.set(world, since);
      for (const { jwk, state } of keys) {
        if (state === 'retired' && !since.has(jwk.kid)) since.set(jwk.kid, world.now());
        if (state !== 'retired') since.delete(jwk.kid);
      }
      return keys.filter(({ jwk }) => {
        const at = since.get(jwk.kid);
        return at === undefined || at + rules.retirementSeconds > world.now();
      });
    },
  };
}

/** createSecret finds no value, whatever an earlier attempt has put. */
function blindCreation(): Mutant['wrapping'] & object {
  return {
    versions: (inner, world) => ({
      ...inner,
      get: async (id, label) =>
        label === 'AWSPENDING' && world.step === 'createSecret' ? undefined : inner.get(id, label),
    }),
  };
}

async function takeLabel(inner: RingVersions, world: World, to: string): Promise<void> {
  await inner.makeCurrent(to, world.secret.holder('AWSCURRENT') ?? '');
}

/** A store without any condition. */
function unconditional(): KeyPublisher {
  let stored: PublishedKeySet | undefined;
  return {
    read: async () => stored,
    write: async (set) => {
      stored = set;
      return true;
    },
  };
}

/** Publishes a ring of this attempt's own and makes it current. */
async function drawAgain(world: World): Promise<void> {
  const { versions, publisher, generator, randomness } = world;
  const labels = await versions.describe();
  const from = holderOf(labels, 'AWSCURRENT') ?? '';
  if (readRing((await versions.get(from, 'AWSCURRENT')) ?? '') !== undefined) return;
  const ring = firstRing(
    { now: world.now(), madeFrom: from, publishedGeneration: 0 },
    {
      active: await drawKeys(generator),
      keys: await drawKeys(generator),
      mac: drawMac(randomness),
    },
  );
  const set = await publisher.read();
  await publisher.write(publicHalf(ring, set, world.now()), set?.revision);
  const id = `first-${ring.mac[0]?.id}`;
  await versions.putPending(id, JSON.stringify(ring));
  await versions.makeCurrent(id, from);
}
