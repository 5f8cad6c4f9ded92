import { memoryCuts } from '../../../functions/adapters/memory/cuts.ts';
import { memoryRegistry } from '../../../functions/adapters/memory/registry.ts';
import { memoryRevocationLog } from '../../../functions/adapters/memory/revocation-log.ts';
import type { Client } from '../../../functions/core/clients/client.ts';
import { clientKind } from '../../../functions/core/clients/client-record.ts';
import { cutMarginSeconds, revocationKeepSeconds } from '../../../functions/core/durations.ts';
import type { Registry } from '../../../functions/core/ports/registry.ts';
import type {
  RevocationLog,
  RevocationWriter,
} from '../../../functions/core/ports/revocation-log.ts';
import { recordMark } from '../../../functions/core/records/record-kind.ts';
import { announcedRegistry } from '../../../functions/core/revocation/announced-registry.ts';
import { cutOff } from '../../../functions/core/revocation/cut-off.ts';
import { followRevocations } from '../../../functions/core/revocation/follow-revocations.ts';
import { followedLookup } from '../../../functions/core/revocation/heed-changes.ts';
import type { LogEntry } from '../../../functions/core/revocation/log-entry.ts';
import { revocationRecorder } from '../../../functions/core/revocation/revocation-recorder.ts';
import type { Revocations } from '../../../functions/core/revocation/revocation-view.ts';
import {
  subjectMark,
  type TokenMarks,
  tokenMarks,
} from '../../../functions/core/revocation/token-marks.ts';
import { Unavailable } from '../../../functions/core/unavailable.ts';
import { virtualTime } from './virtual-time.ts';

const pollSeconds = 5;
const maxStaleSeconds = 60;
const second = 1_000;
const keepSeconds = revocationKeepSeconds({
  accessTokenLifetimeMaxSeconds: 3_600,
  revocationPollSeconds: pollSeconds,
});

/** Numbers between 0 and 1 that a seed decides. */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Mutations {
  /** Reads begin where the one before began. */
  readonly noOverlap?: boolean;
  /** A cut is the time of its writer. */
  readonly noMargin?: boolean;
  /** Issuers go on while a cut lies ahead. */
  readonly noWait?: boolean;
  /** A record is changed first and announced then. */
  readonly changedFirst?: boolean;
}

export interface Run {
  readonly seed: number;
  /** Chance of a read of the log to fail. */
  readonly failing: number;
  readonly mutations?: Mutations;
}

/** What went wrong: empty, as it has to be. */
export type Violations = readonly string[];

interface Token {
  readonly marks: TokenMarks;
  /** When its request began. */
  readonly begunAt: number;
}

interface Done {
  readonly entry: LogEntry;
  readonly begunAt: number;
  /** Absent: the writer never learnt that it was written. */
  readonly answeredAt?: number;
}

/**
 * A while in the life of a deployment: environments whose clocks differ by up to two seconds, calls that take their time
 * and lose their answers, writers that die anywhere. What is checked: nobody accepts what was revoked for longer than the
 * bound; nobody refuses what was not; nobody uses a record for longer than the bound after it changed.
 */
export async function live({ seed, failing, mutations = {} }: Run): Promise<Violations> {
  const chance = chances(seed);
  const upTo = (most: number) => Math.floor(chance() * most);
  // Close to the end of an hour, where the log goes on in another bucket.
  const start = (1_800_000_000 + 3_600 - 40) * second;
  const time = virtualTime(start);
  const stored = memoryRevocationLog();
  const clients = memoryRegistry(clientKind, ['a', 'b'].map(clientOf));
  const violations: string[] = [];
  const tokens: Token[] = [];
  const done: Done[] = [];
  const changes: { readonly id: string; readonly at: number; readonly updatedAt: number }[] = [];
  const boundMs = (failing > 0 ? maxStaleSeconds : pollSeconds) * second;

  const cuts = memoryCuts();
  const randomness = {
    bytes: (count: number) => Uint8Array.from({ length: count }, () => upTo(256)),
  };
  const clockOf = (drift: number) => ({ now: () => Math.floor((time.now() + drift) / second) });
  const drift = () => upTo(2_001) - 1_000;

  function reads(): RevocationLog {
    return {
      async read(from, to) {
        await time.sleep(upTo(400));
        const entries = await stored.read(mutations.noOverlap ? from + 30 : from, to);
        await time.sleep(upTo(400));
        if (chance() < failing) throw new Error('the log is away');
        return entries;
      },
    };
  }

  /** @param dies whether the writer may be dead before it learns of its success */
  function writes(): RevocationWriter {
    return {
      async append(entry) {
        await time.sleep(upTo(500));
        const fate = chance();
        if (fate < 0.1) throw new Error('not written');
        const written = mutations.noMargin && 'cut' in entry ? { ...entry, cut: entry.at } : entry;
        await stored.append(written);
        await time.sleep(upTo(500));
        if (fate < 0.2) throw new Error('the answer was lost');
      },
    };
  }

  function environment(isIssuer: boolean) {
    const clock = clockOf(drift());
    const log = followRevocations({
      log: reads(),
      ...{ pollSeconds, keepSeconds, maxStaleSeconds: isIssuer ? 0 : maxStaleSeconds },
    });
    const lookup = followedLookup(
      {
        async find(id) {
          await time.sleep(upTo(300));
          const found = await clients.find(id);
          await time.sleep(upTo(300));
          return found;
        },
      },
      clientKind,
      log,
      { ttlSeconds: 3_600, clock },
    );
    return { clock, log, lookup };
  }

  async function issuer(): Promise<void> {
    const { clock, log } = environment(true);
    for (let i = 0; i < 25; i += 1) {
      await time.sleep(upTo(4_000));
      const begunAt = time.now();
      const now = clock.now();
      const known = await viewOf(log.current(now));
      if (known === undefined) continue;
      const client = chance() < 0.5 ? 'a' : 'b';
      const subject = chance() < 0.5 ? 'u' : 'v';
      const cut = Math.max(
        known.cutOf('client', client),
        known.cutOf('subject', subjectMark('', subject)),
      );
      if (cut >= now && !mutations.noWait) continue;
      await time.sleep(upTo(300));
      const marks = tokenMarks('', marked(client, subject, now, tokens.length));
      tokens.push({ marks, begunAt });
    }
  }

  async function verifier(): Promise<void> {
    const { clock, log, lookup } = environment(false);
    const refused = new Set<Token>();
    for (let i = 0; i < 60; i += 1) {
      await time.sleep(chance() < 0.1 ? upTo(20_000) : upTo(1_500));
      const begunAt = time.now();
      const known = await viewOf(log.current(clock.now()));
      if (known === undefined) continue;
      for (const token of [...tokens]) check(token, known.isRevoked(token.marks), begunAt, refused);
      const id = chance() < 0.5 ? 'a' : 'b';
      const record = await lookup.find(id);
      const owed = changes.findLast((one) => one.id === id && begunAt >= one.at + boundMs);
      if (owed !== undefined && (record?.updatedAt ?? 0) < owed.updatedAt) {
        violations.push(`client ${id} as it was ${begunAt - owed.at} ms after its change`);
      }
    }
  }

  function check(token: Token, isRevoked: boolean, begunAt: number, refused: Set<Token>): void {
    const mustDie = done.some(
      (one) =>
        one.answeredAt !== undefined &&
        begunAt >= one.answeredAt + boundMs &&
        // An issuer that has not seen the cut issues nothing that survives it; one that has waits until it is past.
        (!('cut' in one.entry) || token.begunAt < one.answeredAt + pollSeconds * second) &&
        covers(one.entry, token.marks),
    );
    // An issuer knows of a cut a poll later, and from then on issues nothing that it kills.
    const mayDie = done.some(
      ({ entry, answeredAt = Infinity }) =>
        covers(entry, token.marks) &&
        (!('cut' in entry) || token.begunAt < answeredAt + pollSeconds * second),
    );
    if (mustDie && !isRevoked) violations.push('accepted what was revoked');
    if (isRevoked && !mayDie) violations.push('refused what was not revoked');
    if (refused.has(token) && !isRevoked) violations.push('accepted again what was refused');
    if (isRevoked) refused.add(token);
  }

  async function operator(): Promise<void> {
    const clock = clockOf(drift());
    const ports = { log: writes(), clock, keepSeconds, randomness };
    const recorder = revocationRecorder(ports);
    const { cutOff: cutEverythingOff } = cutOff({
      ...{ ...ports, revocationPollSeconds: pollSeconds },
      cuts: { ...cuts, raise: (...of) => time.sleep(upTo(300)).then(() => cuts.raise(...of)) },
    });
    for (let i = 0; i < 4; i += 1) {
      await time.sleep(upTo(15_000));
      const begunAt = time.now();
      const entry = someEntry(clock.now());
      const index = done.push({ entry, begunAt }) - 1;
      try {
        const written =
          'cut' in entry
            ? { ...entry, ...(await cutEverythingOff(entry.kind, entry.id)) }
            : await recorder.record(entry);
        done[index] = { entry: written, begunAt, answeredAt: time.now() };
      } catch (cause) {
        if (!(cause instanceof Unavailable)) throw cause;
      }
    }
  }

  function someEntry(now: number): LogEntry {
    const cut = now + 1 + cutMarginSeconds(pollSeconds);
    const kind = (['token', 'grant', 'key', 'client', 'subject'] as const)[upTo(5)] ?? 'token';
    const number = upTo(Math.max(1, tokens.length));
    const isFirst = chance() < 0.5;
    switch (kind) {
      case 'client':
        return { kind, id: isFirst ? 'a' : 'b', cut };
      case 'subject':
        return { kind, id: subjectMark('', isFirst ? 'u' : 'v'), cut };
      case 'token':
        return { kind, id: `j${number}` };
      case 'grant':
        return { kind, id: `g${number % 7}` };
      default:
        return { kind, id: `k${number % 5}` };
    }
  }

  /** Changes clients; may die after every one of its writes. */
  async function administrator(): Promise<void> {
    const clock = clockOf(drift());
    const recorder = revocationRecorder({ log: writes(), clock, keepSeconds, randomness });
    const slow: Registry<Client> = {
      ...clients,
      async replace(record, revision) {
        await time.sleep(upTo(2_000));
        const isDone = await clients.replace(record, revision);
        if (isDone) {
          const { clientId: id, updatedAt } = record;
          changes.push({ id, at: time.now(), updatedAt });
        }
        if (chance() < 0.3) throw new Dead();
        return isDone;
      },
    };
    const registry = mutations.changedFirst
      ? {
          ...slow,
          async replace(record: Client, revision: number) {
            const isDone = await slow.replace(record, revision);
            const id = recordMark(clientKind, record.clientId);
            await recorder.record({ kind: 'changed', id });
            return isDone;
          },
        }
      : announcedRegistry(slow, clientKind, recorder);
    for (let i = 0; i < 3; i += 1) {
      await time.sleep(upTo(20_000));
      try {
        const found = await registry.read(chance() < 0.5 ? 'a' : 'b');
        if (found === undefined) continue;
        const updatedAt = found.record.updatedAt + 1;
        await registry.replace({ ...found.record, updatedAt }, found.revision);
      } catch (cause) {
        if (!(cause instanceof Dead || cause instanceof Unavailable)) throw cause;
      }
    }
  }

  await time.run([
    ...[verifier(), verifier(), verifier()],
    ...[issuer(), issuer()],
    ...[operator(), operator(), administrator()],
  ]);
  return violations;
}

class Dead extends Error {}

function clientOf(clientId: string): Client {
  return {
    ...{ clientId, name: clientId, status: 'enabled', signingAlgorithm: 'RS256', secrets: [] },
    ...{ authenticationMethods: [], grantTypes: [], scope: [], defaultScope: [], resources: [] },
    ...{ defaultResource: '', createdAt: 0, updatedAt: 0 },
  };
}

function marked(clientId: string, subject: string, issuedAt: number, number: number) {
  return {
    ...{ tokenId: `j${number}`, grantId: `g${number % 7}`, clientId, subject },
    ...{ kid: `k${number % 5}`, issuedAt },
  };
}

function covers(entry: LogEntry, marks: TokenMarks): boolean {
  switch (entry.kind) {
    case 'token':
    case 'grant':
    case 'key':
    case 'client':
    case 'subject':
      return marks[entry.kind] === entry.id;
    default:
      return false;
  }
}

async function viewOf(current: Promise<Revocations>): Promise<Revocations | undefined> {
  try {
    return await current;
  } catch (cause) {
    if (cause instanceof Unavailable) return undefined;
    throw cause;
  }
}
