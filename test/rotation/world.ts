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
import type { PublishedKeySet } from '../../functions/core/keys/published-keys.ts';
import type { KeyGenerator } from '../../functions/core/ports/key-generator.ts';
import type { KeyPublisher } from '../../functions/core/ports/published-keys.ts';
import type { RingVersions } from '../../functions/core/ports/ring-versions.ts';
import type { RotationIntents } from '../../functions/core/ports/rotation-intents.ts';
import type { LoggedEntry } from '../../functions/core/revocation/log-entry.ts';
import {
  type RevocationRecorder,
  revocationRecorder,
} from '../../functions/core/revocation/revocation-recorder.ts';
import { Unavailable } from '../../functions/core/unavailable.ts';
import type { RotationRules } from '../../functions/rotation/config.ts';
import { RotationRefused } from '../../functions/rotation/refusal.ts';
import type { KeyTrial, RotationSteps, Step } from '../../functions/rotation/steps.ts';
import { countingRandomness, fakeKeys, fakeTrial } from '../support/fake-keys.ts';
import {
  handleSeconds,
  holdSeconds,
  leadSeconds,
  newObserver,
  skewSeconds,
  tokenSeconds,
} from './observer.ts';

export const rules: RotationRules = {
  publicationLeadSeconds: leadSeconds,
  retirementSeconds: tokenSeconds + holdSeconds + skewSeconds,
  macRetirementSeconds: handleSeconds + holdSeconds + skewSeconds,
  publishedKeysMax: 10,
  revocationPollSeconds: 5,
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

/** Wraps the ports of a world: how design mistakes are put in. */
interface Wrapping {
  readonly versions?: (inner: RingVersions, world: World) => RingVersions;
  readonly publisher?: (inner: KeyPublisher, world: World) => KeyPublisher;
  readonly revocations?: (inner: RevocationRecorder) => RevocationRecorder;
  /** The store of the published set itself, below the faults. */
  readonly store?: () => KeyPublisher;
  /** What readers make of the published keys. */
  readonly reading?: (keys: PublishedKeySet['keys'], world: World) => PublishedKeySet['keys'];
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
  /** The revocation log. */
  readonly entries: readonly LoggedEntry[];
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

  const entries: LoggedEntry[] = [];
  const revocations = revocationRecorder({
    log: { append: (entry) => call(async () => void entries.push(entry)) },
    clock: { now: () => now },
    randomness: countingRandomness(),
    keepSeconds: tokenSeconds,
  });

  const observer = newObserver();
  const world: World = {
    get versions() {
      return wrapping.versions?.(versions, world) ?? versions;
    },
    get publisher() {
      return wrapping.publisher?.(publisher, world) ?? publisher;
    },
    intents,
    get revocations() {
      return wrapping.revocations?.(revocations) ?? revocations;
    },
    clock: { now: () => now },
    randomness: countingRandomness(),
    generator: options.generator ?? fakeKeys(),
    trial: options.trial ?? fakeTrial,
    audit: { write: (event) => events.push(event) },
    secret,
    store,
    intentStore,
    entries,
    events,
    calls: () => calls,
    now: () => now,
    deliverLate,
    async observe() {
      const set = await store.read();
      const keys = wrapping.reading?.(set?.keys ?? [], world) ?? set?.keys ?? [];
      observer.look(secret.currentText(), { keys, revoked: set?.revoked ?? [] }, entries, now);
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
        const cause = error instanceof Unavailable ? error.cause : error;
        if (!(cause instanceof Crash)) ignoreRefusal(cause);
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
