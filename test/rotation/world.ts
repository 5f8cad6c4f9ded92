/**
 * A world in memory for the real rotation code: ports whose every call may fail, a clock that the test sets, signers and
 * callers that go on with what they have, and an observer that knows what must hold at any instant.
 */

import { memoryKeyPublisher } from '../../functions/adapters/memory/key-publisher.ts';
import {
  type MemoryRingVersions,
  memoryRingVersions,
  SecretRefusal,
} from '../../functions/adapters/memory/ring-versions.ts';
import { memoryRotationIntents } from '../../functions/adapters/memory/rotation-intents.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { activeKeys, type KeyRing } from '../../functions/core/keys/key-ring.ts';
import { parseRing } from '../../functions/core/keys/parse-ring.ts';
import type { PublishedKey } from '../../functions/core/keys/published-keys.ts';
import type { KeyGenerator } from '../../functions/core/ports/key-generator.ts';
import type { KeyPublisher } from '../../functions/core/ports/published-keys.ts';
import type { RingVersions } from '../../functions/core/ports/ring-versions.ts';
import type { RotationIntents } from '../../functions/core/ports/rotation-intents.ts';
import type { RotationRules } from '../../functions/rotation/config.ts';
import { RotationRefused } from '../../functions/rotation/refusal.ts';
import type { KeyTrial, RotationSteps, Step } from '../../functions/rotation/steps.ts';
import { countingRandomness, fakeKeys, fakeTrial } from '../support/fake-keys.ts';

export const minutes: number = 60;
const hours = 3_600;
export const days: number = 86_400;

/** Longest lifetime of a token. */
const tokenSeconds = hours;
/** Longest lifetime of a handle. */
const handleSeconds = 20 * days;
/** Longest time for which a signer goes on with a ring that it cannot read again. */
export const holdSeconds: number = 24 * hours;
const leadSeconds: number = 24 * hours;
const skewSeconds = minutes;

export const rules: RotationRules = {
  publicationLeadSeconds: leadSeconds,
  retirementSeconds: tokenSeconds + holdSeconds + skewSeconds,
  macRetirementSeconds: handleSeconds + holdSeconds + skewSeconds,
  publishedKeysMax: 10,
};

/** Calls after which a delayed request arrives: during the retry, in the next rotation, two rotations on. */
const delays = { 'late by 5': 5, 'late by 15': 15, 'late by 60': 60 } as const;

/**
 * `before`: the call never reached the service. `after`: it took effect, and the caller never heard. `late`: the caller
 * gave up, and the call takes effect some calls later.
 */
export type FaultKind = 'before' | 'after' | keyof typeof delays;

export const faultKinds: readonly FaultKind[] = [
  'before',
  'after',
  'late by 5',
  'late by 15',
  'late by 60',
];

export type Faults = readonly (readonly [call: number, kind: FaultKind])[];

/** A call that failed because the test wanted it to. */
export class Crash extends Error {}

/** Something that must always hold did not. */
export class Broken extends Error {}

/** Wraps the ports of a world: how design mistakes are put in. */
interface Wrapping {
  readonly versions?: (inner: RingVersions, world: World) => RingVersions;
  readonly publisher?: (inner: KeyPublisher, world: World) => KeyPublisher;
  /** The store of the published set itself, below the faults. */
  readonly store?: () => KeyPublisher;
  /** What readers make of the published keys. */
  readonly reading?: (keys: readonly PublishedKey[], world: World) => readonly PublishedKey[];
}

export interface WorldOptions {
  readonly faults?: Faults;
  readonly wrapping?: Wrapping;
  readonly generator?: KeyGenerator;
  readonly trial?: KeyTrial;
}

export interface World extends RotationSteps {
  /** The secret without faults: for the part of the service, and for looking. */
  readonly secret: MemoryRingVersions;
  readonly store: KeyPublisher;
  readonly intentStore: RotationIntents;
  readonly events: AuditEvent[];
  /** The step that runs now; only a mutant looks at it. */
  step?: Step;
  /** Port calls so far. */
  calls(): number;
  now(): number;
  /** Requests that are due arrive. */
  deliverLate(): Promise<void>;
  /** Throws `Broken` when an invariant does not hold now. */
  observe(): Promise<void>;
  /** Lets time pass. */
  pass(seconds: number): Promise<void>;
  /** Runs `work`; false when a call failed or something was refused. Broken invariants and mistakes pass through. */
  attempt(work: () => Promise<unknown>): Promise<boolean>;
}

export const sentinelVersion = 'v0';

export function newWorld(options: WorldOptions = {}): World {
  const { wrapping = {} } = options;
  const faults = new Map(options.faults ?? []);
  const secret = memoryRingVersions('{"schema":0}', sentinelVersion);
  const store = wrapping.store?.() ?? memoryKeyPublisher();
  const intentStore = memoryRotationIntents();
  const events: AuditEvent[] = [];
  let delayed: { readonly due: number; readonly effect: () => Promise<unknown> }[] = [];
  let calls = 0;
  let now = 1_000_000;

  /** One call of a port: the place where things go wrong. */
  async function call<T>(effect: () => Promise<T>): Promise<T> {
    calls += 1;
    const fault = faults.get(calls);
    if (fault === 'before') throw new Crash();
    if (fault !== undefined && fault !== 'after') {
      delayed.push({ due: calls + delays[fault], effect });
      throw new Crash();
    }
    await deliverLate();
    const result = await effect();
    if (fault === 'after') throw new Crash();
    return result;
  }

  async function deliverLate(): Promise<void> {
    if (delayed.length === 0) return;
    const due = delayed.filter((request) => request.due <= calls);
    delayed = delayed.filter((request) => request.due > calls);
    for (const { effect } of due) await effect().catch(ignoreRefusal);
  }

  const versions: RingVersions = {
    describe: () => call(() => secret.describe()),
    get: (id, label) => call(() => secret.get(id, label)),
    putPending: (id, value, token) => call(() => secret.putPending(id, value, token)),
    makeCurrent: (to, from) => call(() => secret.makeCurrent(to, from)),
    detachPending: (id) => call(() => secret.detachPending(id)),
  };
  const publisher: KeyPublisher = {
    read: () => call(() => store.read()),
    write: (set, revision) => call(() => store.write(set, revision)),
  };
  const intents: RotationIntents = {
    read: () => call(() => intentStore.read()),
    write: (intent) => call(() => intentStore.write(intent)),
    clear: () => call(() => intentStore.clear()),
  };

  const observer = newObserver();
  const world: World = {
    get versions() {
      return wrapping.versions?.(versions, world) ?? versions;
    },
    get publisher() {
      return wrapping.publisher?.(publisher, world) ?? publisher;
    },
    intents,
    clock: { now: () => now },
    randomness: countingRandomness(),
    generator: options.generator ?? fakeKeys(),
    trial: options.trial ?? fakeTrial,
    audit: { write: (event) => events.push(event) },
    secret,
    store,
    intentStore,
    events,
    calls: () => calls,
    now: () => now,
    deliverLate,
    async observe() {
      const set = await store.read();
      const keys = wrapping.reading?.(set?.keys ?? [], world) ?? set?.keys ?? [];
      observer.look(secret.currentText(), keys, now);
    },
    async pass(seconds) {
      now += seconds;
      await world.observe();
    },
    async attempt(work) {
      let isDone = true;
      try {
        await work();
      } catch (error) {
        if (!(error instanceof Crash)) ignoreRefusal(error);
        isDone = false;
      }
      await world.observe();
      return isDone;
    },
  };
  return world;
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof SecretRefusal) && !(error instanceof RotationRefused)) throw error;
}

/** The ring of a text; `undefined` for a sentinel. Rings are read far more often than written. */
export function readRing(text: string): KeyRing | undefined {
  const parsed = parseRing(text);
  if (parsed.kind === 'ring') return parsed.ring;
  if (parsed.kind === 'sentinel') return undefined;
  throw new Broken(`the secret is ${parsed.kind}`);
}

/** Remembers what signers hold and what callers carry, until it is dead. */
function newObserver(): {
  look(text: string, published: readonly PublishedKey[], now: number): void;
} {
  const held = new Map<string, { readonly ring: KeyRing; until: number }>();
  const tokens = new Map<string, number>();
  const handles = new Map<string, number>();
  let firstKeys: ReadonlySet<string> | undefined;

  return {
    look(text, published, now) {
      const current = held.get(text)?.ring ?? readRing(text);
      // The token endpoint answers 503 until there is a ring.
      if (current === undefined) return;
      firstKeys ??= new Set(activeKeys(current).map(({ kid }) => kid));
      held.set(text, { ring: current, until: now + holdSeconds });
      const since = new Map(published.map((key) => [key.jwk.kid, key.publishedAt]));
      for (const [each, { ring, until }] of held) {
        if (until < now) held.delete(each);
        else sign(ring, since, firstKeys, now);
      }
      for (const [kid, exp] of tokens) {
        if (exp <= now) tokens.delete(kid);
        else must(since.has(kid), `I2 ${kid} has living tokens but is not public`);
      }
      for (const [id, exp] of handles) {
        if (exp <= now) handles.delete(id);
        else must(hasMac(current, id), `I4 ${id} has living handles but is gone`);
      }
      must(published.length <= 10, 'I5 more than ten public keys');
      const signing = new Set(activeKeys(current).map(({ kid }) => kid));
      for (const { jwk, retiredAt } of published) {
        must(retiredAt === undefined || !signing.has(jwk.kid), `I8 ${jwk.kid} signs after its end`);
      }
    },
  };

  function sign(
    ring: KeyRing,
    since: ReadonlyMap<string, number>,
    exempt: ReadonlySet<string>,
    now: number,
  ): void {
    for (const key of ring.keys) {
      must(key.state !== 'retired' || !('private' in key), `I6 ${key.kid} kept its private half`);
    }
    for (const { kid } of activeKeys(ring)) {
      const publishedAt = since.get(kid);
      if (publishedAt === undefined) throw new Broken(`I1 ${kid} signs but is not public`);
      must(exempt.has(kid) || now - publishedAt >= leadSeconds, `I3 ${kid} signs too early`);
      tokens.set(kid, now + tokenSeconds);
    }
    for (const { id, state } of ring.mac) {
      if (state === 'active') handles.set(id, now + handleSeconds);
    }
  }
}

function hasMac(ring: KeyRing, id: string): boolean {
  return ring.mac.some((mac) => mac.id === id);
}

function must(truth: boolean, text: string): void {
  if (!truth) throw new Broken(text);
}
