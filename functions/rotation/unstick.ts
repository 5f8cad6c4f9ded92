import { withFence } from '../core/keys/revoked-keys.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { RingVersions } from '../core/ports/ring-versions.ts';
import { isPrintableLine } from './printable-line.ts';
import { change, type Publishing } from './publish.ts';
import { currentVersion, holderOf, ringOf } from './read-ring.ts';
import { RotationRefused } from './refusal.ts';

export interface Unstuck {
  /** Of the ring in force. */
  readonly generation: number;
  /** Whether there was a pending version to take the label from. */
  readonly detached: boolean;
}

/**
 * Takes AWSPENDING from the version that a dead rotation has left behind, which makes Secrets Manager refuse to start
 * another one. An operator's decision: a rotation that is only slow ends here as well, behind a fence, so that no late call
 * of it publishes what will never sign; the next one draws its keys anew. Throws `RotationRefused` while there is no ring, because then the pending version is the first one.
 *
 * @param asked `{ by }`: who asks, for the log
 */
export async function unstick(
  asked: unknown,
  ports: Publishing & { readonly versions: RingVersions; readonly audit: AuditLog },
): Promise<Unstuck> {
  const by = typeof asked === 'object' && asked !== null && 'by' in asked ? asked.by : undefined;
  if (!isPrintableLine(by)) throw new RotationRefused('invalid_intent');
  const labels = await ports.versions.describe();
  const ring = ringOf((await currentVersion(ports.versions, labels)).text);
  const { generation } = ring;
  const pending = holderOf(labels, 'AWSPENDING');
  if (pending === undefined || labels.get(pending)?.has('AWSCURRENT')) {
    return { generation, detached: false };
  }
  await change(ports, (set) => (set === undefined ? undefined : withFence(set, ring)));
  await ports.versions.detachPending(pending);
  ports.audit.write({
    event: 'rotation_detached',
    generation,
    versionId: pending,
    reason: `unstick, by ${by}`,
  });
  return { generation, detached: true };
}
