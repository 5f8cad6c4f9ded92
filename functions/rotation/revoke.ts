import { activeKeys, type KeyRing, type RingKey } from '../core/keys/key-ring.ts';
import { parseRing } from '../core/keys/parse-ring.ts';
import { publicHalf } from '../core/keys/publish-ring.ts';
import type { PublishedKeySet, RevokedKey } from '../core/keys/published-keys.ts';
import { revokedIds, withFence, withoutSigning, withRevoked } from '../core/keys/revoked-keys.ts';
import { holdsAny } from '../core/keys/ring-without.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { RingVersions, VersionLabels } from '../core/ports/ring-versions.ts';
import { type Concluding, conclude } from './conclude.ts';
import type { RotationRules } from './config.ts';
import { change } from './publish.ts';
import { currentVersion, holderOf, ringOf } from './read-ring.ts';
import { RotationRefused } from './refusal.ts';
import { type RevokeRequest, readRevokeRequest } from './revoke-request.ts';

export interface Revoke extends Concluding {
  readonly versions: RingVersions;
  readonly audit: AuditLog;
}

/** What an operator gets to see. */
export interface Revoked {
  /** Of the ring in force. */
  readonly generation: number;
  readonly kids: readonly string[];
  /** Those of them that a rotation has to make an end of. */
  readonly remaining: readonly string[];
  /** Whoever follows the log looks at it again after this long. */
  readonly pollSeconds: number;
}

/**
 * Revokes keys of the ring, or with `all` every one of them and the MAC keys: a stranger has read the secret. May be
 * repeated; a rotation has to follow while there are `remaining` ones. From now on no ring that holds one of these keys is
 * published; what is pending and cannot be published any more is detached, so that it blocks no rotation.
 *
 * The log names a key at once unless it signs: signers would answer 503 until another one does, so that is left to the end
 * of the rotation. Who has waited for that in vain asks with `even_signing`, which leaves what is pending alone. The log
 * forgets the key before it must be gone, so it leaves the published set as well.
 *
 * Throws `RotationRefused` for a key that nobody knows; then nothing was changed.
 *
 * @param asked `{ kids | all: true, by, reason, even_signing? }`
 */
export async function revoke(
  asked: unknown,
  ports: Revoke,
  rules: RotationRules,
): Promise<Revoked> {
  const { kids: which, by, reason, evenSigning } = readRevokeRequest(asked);
  const { versions, publisher, audit } = ports;
  const labels = await versions.describe();
  const ring = ringOf((await currentVersion(versions, labels)).text);
  const { generation } = ring;
  const pending = await pendingRing(versions, labels);
  const isDead = (set: PublishedKeySet | undefined) =>
    pending !== undefined && !evenSigning && !isSuccessor(pending.ring, set);
  const targets = targetsOf(which, ring, pending?.ring, await publisher.read());
  const kids = targets.filter(({ use }) => use === 'sig').map(({ id }) => id);
  const isNew = await change(ports, (stored, now) => {
    const set = stored ?? publicHalf(ring, undefined, now);
    const marked =
      withRevoked(set, targets, ring, now) ?? (isDead(set) ? withFence(set, ring) : undefined);
    if (!evenSigning) return marked;
    const without = withoutSigning(marked ?? set, kids);
    return without === set ? undefined : without;
  });
  if (isNew) {
    audit.write({ event: 'keys_revoked', generation, kids, reason: `${reason}, by ${by}` });
  }
  if (pending !== undefined && isDead(await publisher.read())) {
    await versions.detachPending(pending.id);
    audit.write({ event: 'rotation_detached', generation, versionId: pending.id, reason });
  }
  const isAnnounced = ({ kid, state }: RingKey) =>
    kids.includes(kid) && (evenSigning || state !== 'active');
  for (const { kid: id } of ring.keys.filter(isAnnounced)) {
    await ports.revocations.record({ kind: 'key', id });
  }
  await conclude(ring, ports, rules);
  const { revoked = [] } = (await publisher.read()) ?? {};
  const ended = new Set(revoked.filter((key) => key.endedAt !== undefined).map(({ id }) => id));
  return {
    ...{ generation, kids },
    remaining: kids.filter((kid) => !ended.has(kid)),
    pollSeconds: rules.revocationPollSeconds,
  };
}

/** The keys that are meant. Who asks for all of them once more, while they still sign, means the same ones. */
function targetsOf(
  which: RevokeRequest['kids'],
  ring: KeyRing,
  pending: KeyRing | undefined,
  set: PublishedKeySet | undefined,
): readonly Pick<RevokedKey, 'id' | 'use'>[] {
  const known = revokedIds(set);
  const isRepeated = activeKeys(ring).every(({ kid }) => known.has(kid));
  const rings = [ring, ...(pending === undefined ? [] : [pending])];
  const listed = new Set([
    ...rings.flatMap(({ keys }) => keys.map(({ kid }) => kid)),
    ...(set?.keys.map(({ jwk }) => jwk.kid) ?? []),
  ]);
  if (which !== 'all') {
    if (which.some((kid) => !listed.has(kid) && !known.has(kid))) {
      throw new RotationRefused('unknown_key');
    }
    return which.map((id) => ({ id, use: 'sig' }));
  }
  const kids = isRepeated ? ring.keys.map(({ kid }) => kid) : [...listed];
  const macs = (isRepeated ? [ring] : rings).flatMap(({ mac }) => mac.map(({ id }) => id));
  return [
    ...kids.map((id) => ({ id, use: 'sig' as const })),
    ...[...new Set(macs)].map((id) => ({ id, use: 'mac' as const })),
  ];
}

/** The version that is pending, if it is not in force already, and its ring if it has one that this code can read. */
async function pendingRing(
  versions: RingVersions,
  labels: VersionLabels,
): Promise<{ readonly id: string; readonly ring?: KeyRing } | undefined> {
  const id = holderOf(labels, 'AWSPENDING');
  if (id === undefined || labels.get(id)?.has('AWSCURRENT')) return undefined;
  const parsed = parseRing((await versions.get(id, 'AWSPENDING')) ?? '');
  return parsed.kind === 'ring' ? { id, ring: parsed.ring } : { id };
}

/** Whether this ring was made without the revoked keys, and can be published. */
function isSuccessor(ring: KeyRing | undefined, set: PublishedKeySet | undefined): boolean {
  return (
    ring !== undefined &&
    ring.generation >= (set?.generation ?? 0) &&
    !holdsAny(ring, revokedIds(set))
  );
}
