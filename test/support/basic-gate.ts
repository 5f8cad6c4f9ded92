import crypto from 'node:crypto';
import { vi } from 'vitest';
import { anotherTurn } from '../../functions/adapters/memory/another-turn.ts';
import { memoryFailureCounter } from '../../functions/adapters/memory/failure-counter.ts';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { memoryTokenBuckets } from '../../functions/adapters/memory/token-buckets.ts';
import { basicAuthenticator } from '../../functions/authorizers/basic/authenticate.ts';
import type { Authentication } from '../../functions/authorizers/scheme.ts';
import { serve } from '../../functions/authorizers/serve.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import type { BasicUser } from '../../functions/core/credentials/basic-user.ts';
import { basicUserKind } from '../../functions/core/credentials/basic-user-record.ts';
import type { FailureCounter, Failures } from '../../functions/core/ports/failure-counter.ts';
import type { Pause } from '../../functions/core/ports/pause.ts';
import type { Registry } from '../../functions/core/ports/registry.ts';
import { cachedLookup } from '../../functions/core/records/cached-lookup.ts';
import { compileRoutes } from '../../functions/core/routes/compile-routes.ts';
import { requires } from '../../functions/core/routes/route-policy.ts';
import { httpAuthorizerEvent, restAuthorizerEvent } from './events/authorizer.ts';
import { audience, issuer, now } from './gate.ts';
import { emptyLog, nothingRevoked } from './revocations.ts';
import { quickAlice, robot } from './users.ts';

/** One caller who presents a name and a password. */
export interface Presented {
  readonly name: string;
  readonly password: string;
  /** `null`: the surface does not tell. @default an address of the documentation range */
  readonly from?: string | null;
  readonly isStrict?: boolean;
  readonly isReplayed?: boolean;
}

export interface BasicGate {
  readonly clock: { seconds: number };
  readonly audit: AuditEvent[];
  readonly registry: Registry<BasicUser>;
  /** `counting`: counters can be read, and nothing can be written there. */
  readonly isDown: { users: boolean; counters: boolean; counting: boolean };
  /** Parameters of each run of argon2id so far. */
  readonly runs: readonly unknown[];
  /** Ids that were counted under so far, ids whose failures were to be replaced, and how often ids were read. */
  readonly counted: string[];
  readonly replaced: string[];
  readonly reads: { counters: number };
  /** Seconds that were waited, each time. */
  readonly pauses: readonly number[];
  /** The counts of the store itself. */
  count(id: string, times: number): Promise<void>;
  failures(id: string): Promise<Failures | undefined>;
  present(presented: Presented): Promise<Authentication>;
  /** The reason, or `authenticated`. */
  outcome(presented: Presented): Promise<string>;
  /** What API Gateway gets for it on both surfaces: everything that a caller could see is made of it. */
  wire(presented: Presented): Promise<string>;
}

/** A fixed source, so that two answers can be compared byte by byte. */
const fixed = { bytes: (length: number) => new Uint8Array(length).fill(7) };

/**
 * Basic authentication over stores in memory and a clock that the test sets.
 *
 * @param cacheSeconds of the users' lookup
 * @param counter where failures are counted
 */
export function basicGate(
  users: readonly BasicUser[] = [quickAlice, robot],
  cacheSeconds = 60,
  counter: FailureCounter = memoryFailureCounter(),
  pause: Pause = { pause: anotherTurn },
): BasicGate {
  const clock = { seconds: now };
  const audit: AuditEvent[] = [];
  const isDown = { users: false, counters: false, counting: false };
  const counted: string[] = [];
  const replaced: string[] = [];
  const reads = { counters: 0 };
  const pauses: number[] = [];
  const registry = memoryRegistry(basicUserKind, users);
  const spy = vi.spyOn(crypto, 'argon2');
  const before = spy.mock.calls.length;
  const log = { write: (event: AuditEvent) => audit.push(event) };

  const authenticator = basicAuthenticator({
    users: cachedLookup(
      {
        find: async (id) => {
          if (isDown.users) throw new Error('the table is away');
          return registry.find(id);
        },
      },
      {
        ttlSeconds: cacheSeconds,
        clock: { now: () => clock.seconds },
        markOf: (id) => id,
      },
    ),
    failures: {
      read: async (ids, at) => {
        reads.counters += 1;
        if (isDown.counters) throw new TypeError('details of the counters');
        return counter.read(ids, at);
      },
      add: async (id, at, keepSeconds) => {
        if (isDown.counters || isDown.counting) throw new TypeError('details of the counters');
        counted.push(id);
        await counter.add(id, at, keepSeconds);
      },
      replace: async (id, seen, next, keepSeconds) => {
        if (isDown.counters || isDown.counting) throw new TypeError('details of the counters');
        replaced.push(id);
        return counter.replace(id, seen, next, keepSeconds);
      },
    },
    issuer,
    audience,
    randomness: fixed,
    pause: {
      pause: (seconds) => {
        pauses.push(seconds);
        return pause.pause(seconds);
      },
    },
  });
  const handle = serve(
    {
      authenticators: [authenticator],
      revocations: emptyLog(),
      buckets: memoryTokenBuckets(),
      audience,
      clock: { now: () => clock.seconds },
      randomness: fixed,
      audit: log,
      stopwatch: () => 0,
    },
    {
      table: compileRoutes({ 'GET /orders': requires({ schemes: ['basic'] }) }),
      trustedIssuers: [],
      tiers: {},
    },
  );

  const gate: BasicGate = {
    clock,
    audit,
    registry,
    isDown,
    counted,
    replaced,
    reads,
    pauses,
    get runs() {
      return spy.mock.calls.slice(before).map(([name, { message: _, nonce: __, ...cost }]) => ({
        name,
        ...cost,
      }));
    },
    async count(id, times) {
      for (let i = 0; i < times; i += 1) await counter.add(id, clock.seconds, 3_600);
    },
    failures: async (id) => (await counter.read([id], clock.seconds))[0],
    present: ({ name, password, from = '192.0.2.1', isStrict = false, isReplayed = false }) =>
      authenticator.authenticate(encoded(name, password), {
        now: clock.seconds,
        sourceIp: from ?? undefined,
        isReplayed,
        isStrict,
        revocations: nothingRevoked,
      }),
    async outcome(presented) {
      const authentication = await gate.present(presented);
      return authentication.kind === 'rejected' ? authentication.reason : authentication.kind;
    },
    async wire({ name, password }) {
      const authorization = `Basic ${encoded(name, password)}`;
      return JSON.stringify([
        await answered(handle(httpAuthorizerEvent('GET /orders', authorization))),
        await answered(handle(restAuthorizerEvent('GET /orders', authorization))),
      ]);
    },
  };
  return gate;
}

async function answered(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (cause) {
    return { threw: (cause as Error).message };
  }
}

function encoded(name: string, password: string): string {
  return Buffer.from(`${name}:${password}`, 'utf8').toString('base64');
}
