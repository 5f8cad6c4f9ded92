import { hash } from 'node:crypto';
import { activeKeys, firstRing, type KeyRing } from '../core/keys/key-ring.ts';
import { parseRing } from '../core/keys/parse-ring.ts';
import { arePublished } from '../core/keys/publish-ring.ts';
import type { PublishedKeySet } from '../core/keys/published-keys.ts';
import { revokedIds } from '../core/keys/revoked-keys.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { KeyGenerator } from '../core/ports/key-generator.ts';
import type { KeyPublisher } from '../core/ports/published-keys.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import type { RingVersions } from '../core/ports/ring-versions.ts';
import { drawKeys, drawMac } from './draw.ts';
import { publish, publishRetirement, republish } from './publish.ts';
import { currentVersion, ringOf } from './read-ring.ts';
import { RotationRefused } from './refusal.ts';

export interface Ensure {
  readonly versions: RingVersions;
  readonly publisher: KeyPublisher;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly generator: KeyGenerator;
  readonly audit: AuditLog;
}

/** What a deployment gets to see: it is logged by others. */
export interface Ensured {
  readonly kids: readonly string[];
  readonly generation: number;
}

/**
 * Makes the first ring, or publishes a ring whose set was lost. Runs at every deployment, is safe to repeat and to run
 * several times at once. Throws `RotationRefused` for a ring of a newer schema and for a secret that holds no ring.
 *
 * The first ring goes the way of every later one: put as pending, read back, published, made current. All attempts put
 * it under one token, so the value that arrives first decides, however late the others arrive; an attempt with a ring of
 * its own could make it current after another attempt has published something else.
 */
export async function ensure(ports: Ensure): Promise<Ensured> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const ensured = await tryToEnsure(ports);
    if (ensured !== undefined) return ensured;
  }
  throw new RotationRefused('publish_conflict');
}

/** So often it is begun anew while others write too. */
const attemptsMax = 3;

/** @returns `undefined` when a rotation has come in between */
async function tryToEnsure(ports: Ensure): Promise<Ensured | undefined> {
  const { versions, publisher, audit } = ports;
  const set = await publisher.read();
  const labels = await versions.describe();
  const current = await currentVersion(versions, labels);
  if (parseRing(current.text).kind !== 'sentinel') return shown(ringOf(current.text), set);

  const token = firstToken(current.id);
  let failure: unknown;
  if ((await versions.get(token, 'AWSPENDING')) === undefined) {
    const ring = await drawFirstRing(ports, current.id);
    await versions.putPending(token, JSON.stringify(ring)).catch((cause: unknown) => {
      failure = cause;
    });
  }
  // Whatever became of the call: what counts is the value that is there.
  const text = await versions.get(token, 'AWSPENDING');
  if (text === undefined) throw failure ?? new RotationRefused('nothing_pending');
  const ring = ringOf(text);
  await publish(ring, ports);
  await versions.makeCurrent(token, current.id);
  audit.write({
    event: 'first_ring',
    generation: ring.generation,
    versionId: token,
    ...kids(ring),
  });
  return { ...kids(ring), generation: ring.generation };

  /** @param set read before the ring was: what has come into force since is published over it. */
  async function shown(
    ring: KeyRing,
    set: PublishedKeySet | undefined,
  ): Promise<Ensured | undefined> {
    const revoked = revokedIds(set);
    const keys = ring.keys.filter(({ kid }) => !revoked.has(kid));
    if (!arePublished(keys, set)) {
      const generation = await republish(ring, set, ports);
      if (generation === undefined) return undefined;
      audit.write({ event: 'ring_republished', generation, ...kids(ring) });
    }
    await publishRetirement(ring, ports);
    return { ...kids(ring), generation: ring.generation };
  }
}

/** One token for one sentinel: a secret that was reset gets another ring, not the old one. 64 characters are allowed. */
export function firstToken(sentinelVersionId: string): string {
  return hash('sha256', `keyward first ring ${sentinelVersionId}`, 'hex');
}

async function drawFirstRing(ports: Ensure, madeFrom: string): Promise<KeyRing> {
  const now = ports.clock.now();
  const set = await ports.publisher.read();
  const [active, keys] = await Promise.all([drawKeys(ports.generator), drawKeys(ports.generator)]);
  const mac = drawMac(ports.randomness);
  return firstRing(
    { now, madeFrom, publishedGeneration: set?.generation ?? 0 },
    { active, keys, mac },
  );
}

function kids(ring: KeyRing): { readonly kids: readonly string[] } {
  return { kids: activeKeys(ring).map(({ kid }) => kid) };
}
