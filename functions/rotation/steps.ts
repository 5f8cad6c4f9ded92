import {
  activeKeys,
  type KeyRing,
  nextKeys,
  nextRing,
  nextRingSize,
  type SigningKey,
  sameRing,
} from '../core/keys/key-ring.ts';
import { parseRing } from '../core/keys/parse-ring.ts';
import { arePublished, publicLongEnough } from '../core/keys/publish-ring.ts';
import type { PublicJwk } from '../core/keys/published-keys.ts';
import { revokedIds } from '../core/keys/revoked-keys.ts';
import { holdsAny, ringWithout } from '../core/keys/ring-without.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { KeyGenerator } from '../core/ports/key-generator.ts';
import type { KeyPublisher } from '../core/ports/published-keys.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import type { RingVersions, VersionLabels } from '../core/ports/ring-versions.ts';
import type { RotationIntents } from '../core/ports/rotation-intents.ts';
import type { RevocationRecorder } from '../core/revocation/revocation-recorder.ts';
import { conclude } from './conclude.ts';
import type { RotationRules } from './config.ts';
import { drawKeys, drawMac } from './draw.ts';
import { isAnswered, isInForce } from './intent.ts';
import { publish } from './publish.ts';
import { currentVersion, holderOf, ringOf } from './read-ring.ts';
import { RotationRefused } from './refusal.ts';

/** Signs something with the private half and verifies it with the public one. */
export type KeyTrial = (key: SigningKey, published: PublicJwk) => boolean;

export interface RotationSteps {
  readonly versions: RingVersions;
  readonly publisher: KeyPublisher;
  readonly intents: RotationIntents;
  readonly revocations: RevocationRecorder;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly generator: KeyGenerator;
  readonly trial: KeyTrial;
  readonly audit: AuditLog;
}

export const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type Step = (typeof steps)[number];

export interface StepRequest {
  readonly step: Step;
  /** `ClientRequestToken`: the id of the version that this rotation makes. */
  readonly token: string;
  readonly rotationToken?: string;
}

/**
 * The four steps of a Secrets Manager rotation. Each of them may fail at any call, be repeated from its beginning, or be
 * overtaken by its own late calls; the following attempt brings the rotation to its end. Keys are made at most once for
 * a token, published before a label moves, and retired after it has moved.
 *
 * Throws `RotationRefused` for what must not go on; then nothing was changed.
 */
export function rotationSteps(
  ports: RotationSteps,
  rules: RotationRules,
): (request: StepRequest) => Promise<void> {
  const { versions, publisher, clock, audit } = ports;

  return async (request) => {
    const { step, token } = request;
    const labels = await versions.describe();
    if (labels.get(token)?.has('AWSCURRENT')) {
      // All but the last writes of this rotation are done.
      if (step === 'finishSecret') await finished(labels);
      return;
    }
    if (!labels.get(token)?.has('AWSPENDING')) throw new RotationRefused('not_pending');
    switch (step) {
      case 'createSecret':
        return createSecret(request, labels);
      case 'setSecret':
        return setSecret(token, labels);
      case 'testSecret':
        return testSecret(token, labels);
      case 'finishSecret':
        return finishSecret(token, labels);
    }
  };

  async function createSecret(request: StepRequest, labels: VersionLabels): Promise<void> {
    // Another value under the same token would be an error, and the rotation would never end.
    if ((await versions.get(request.token, 'AWSPENDING')) !== undefined) return;
    const now = clock.now();
    const current = await currentVersion(versions, labels);
    const { ring, skipped } = await successor(current.id, ringOf(current.text), now);
    await versions.putPending(request.token, JSON.stringify(ring), request.rotationToken);
    audit.write({
      event: skipped === undefined ? 'rotation_created' : 'rotation_skipped',
      generation: ring.generation,
      versionId: request.token,
      kids: ring.keys.map(({ kid }) => kid),
      ...reasonOf(skipped, ring),
    });
  }

  /**
   * The next ring, or the same one again where a rotation is not possible yet. That is a success: a refusal would leave
   * an empty pending version behind, which blocks the following rotation until somebody removes it. A ring that holds
   * revoked keys goes on without them; that cannot wait for anything.
   */
  async function successor(
    madeFrom: string,
    current: KeyRing,
    now: number,
  ): Promise<{ readonly ring: KeyRing; readonly skipped?: 'too_early' | 'ring_full' }> {
    const set = await publisher.read();
    const making = { now, madeFrom, publishedGeneration: set?.generation ?? 0 };
    const revoked = revokedIds(set);
    if (holdsAny(current, revoked)) {
      const active = await drawKeys(ports.generator);
      const keys = await drawKeys(ports.generator);
      const fresh = { active, keys, mac: drawMac(ports.randomness) };
      return { ring: ringWithout(current, revoked, making, fresh) };
    }
    const lead = rules.publicationLeadSeconds;
    const isEarly = !publicLongEnough(nextKeys(current), set, now, lead);
    if (isEarly && !isInForce(await ports.intents.read(), now)) {
      return { ring: sameRing(current, making), skipped: 'too_early' };
    }
    if (nextRingSize(current, now) > rules.publishedKeysMax) {
      return { ring: sameRing(current, making), skipped: 'ring_full' };
    }
    const fresh = { keys: await drawKeys(ports.generator), mac: drawMac(ports.randomness) };
    return { ring: nextRing(current, { ...making, ...rules, leadWaived: isEarly }, fresh) };
  }

  async function setSecret(token: string, labels: VersionLabels): Promise<void> {
    const pending = await pendingRing(token);
    if (hasLost(pending, labels)) return;
    if (await publish(pending, ports)) {
      audit.write({
        event: 'rotation_published',
        generation: pending.generation,
        versionId: token,
      });
    }
  }

  async function testSecret(token: string, labels: VersionLabels): Promise<void> {
    const text = await versions.get(token, 'AWSPENDING');
    // Secrets Manager calls this step alone, on a version without a ring of ours, to try the function out.
    if (text === undefined) return;
    const { kind } = parseRing(text);
    if (kind === 'sentinel' || kind === 'unknown_schema') return;
    const pending = ringOf(text);
    if (hasLost(pending, labels)) return;
    const now = clock.now();
    const current = ringOf((await currentVersion(versions, labels)).text);
    const set = await publisher.read();
    if (set === undefined || !arePublished(pending.keys, set)) {
      throw new RotationRefused('not_published');
    }
    // A ring that is full already may go through once more, though never grow.
    if (set.keys.length > Math.max(rules.publishedKeysMax, current.keys.length)) {
      throw new RotationRefused('too_many_keys');
    }
    const signing = new Set(activeKeys(current).map(({ kid }) => kid));
    const starting = activeKeys(pending).filter(({ kid }) => !signing.has(kid));
    const isEarly = !publicLongEnough(starting, set, now, rules.publicationLeadSeconds);
    if (isEarly && pending.leadWaived !== true) throw new RotationRefused('too_early');
    const published = new Map(set.keys.map(({ jwk }) => [jwk.kid, jwk]));
    for (const key of activeKeys(pending)) {
      const jwk = published.get(key.kid);
      if (jwk === undefined || !ports.trial(key, jwk)) throw new RotationRefused('signature_fails');
    }
    audit.write({ event: 'rotation_tested', generation: pending.generation, versionId: token });
  }

  async function finishSecret(token: string, labels: VersionLabels): Promise<void> {
    const pending = await pendingRing(token);
    if (hasLost(pending, labels)) {
      // Another ring came into force meanwhile. This one can never follow it, and would block what can.
      await versions.detachPending(token);
      audit.write({ event: 'rotation_skipped', versionId: token, reason: 'another ring won' });
      return;
    }
    if (!arePublished(activeKeys(pending), await publisher.read())) {
      throw new RotationRefused('not_published');
    }
    await versions.makeCurrent(token, pending.madeFrom ?? '');
    audit.write({
      event: 'rotation_finished',
      generation: pending.generation,
      versionId: token,
      kids: activeKeys(pending).map(({ kid }) => kid),
    });
    await afterwards(pending);
  }

  async function finished(labels: VersionLabels): Promise<void> {
    await afterwards(ringOf((await currentVersion(versions, labels)).text));
  }

  async function afterwards(ring: KeyRing): Promise<void> {
    await conclude(ring, ports, rules);
    const intent = await ports.intents.read();
    if (intent !== undefined && isAnswered(intent, ring)) await ports.intents.clear();
  }

  async function pendingRing(token: string): Promise<KeyRing> {
    const text = await versions.get(token, 'AWSPENDING');
    if (text === undefined) throw new RotationRefused('nothing_pending');
    return ringOf(text);
  }
}

/** True when the ring was made from a version that is not in force any more. */
function hasLost(pending: KeyRing, labels: VersionLabels): boolean {
  return pending.madeFrom !== holderOf(labels, 'AWSCURRENT');
}

function reasonOf(skipped: string | undefined, ring: KeyRing): { readonly reason?: string } {
  if (skipped !== undefined) return { reason: skipped };
  return ring.leadWaived === true ? { reason: 'lead waived' } : {};
}
