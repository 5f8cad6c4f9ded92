import type { KeyRing } from '../core/keys/key-ring.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { RingVersions } from '../core/ports/ring-versions.ts';
import type { RotationIntent, RotationIntents } from '../core/ports/rotation-intents.ts';
import { isPrintableLine } from './printable-line.ts';
import { currentVersion, ringOf } from './read-ring.ts';
import { RotationRefused } from './refusal.ts';

/** An intent that no rotation came for in this time is void: nobody remembers what it was about. */
export const intentLifetimeSeconds = 600;

/** Whether a rotation that begins now may act on the intent. */
export function isInForce(intent: RotationIntent | undefined, now: number): boolean {
  return intent !== undefined && now - intent.at < intentLifetimeSeconds;
}

/** Whether a ring was made after the intent was written, so that the intent has had its rotation. */
export function isAnswered(intent: RotationIntent, ring: KeyRing): boolean {
  return ring.madeAt === undefined || intent.at <= ring.madeAt;
}

export interface StoreIntent {
  readonly versions: RingVersions;
  readonly intents: RotationIntents;
  readonly clock: Clock;
  readonly audit: AuditLog;
}

/**
 * Stores what an operator asks of the next rotation. One that is running is left alone: whoever asks at the same time is
 * told by Secrets Manager that a rotation is in progress.
 *
 * @returns the generation of the ring in force. Throws `RotationRefused` while there is none.
 */
export async function storeIntent(
  asked: unknown,
  ports: StoreIntent,
): Promise<{ readonly generation: number; readonly stored: true }> {
  const { mode, by } = askedIntent(asked);
  const labels = await ports.versions.describe();
  const { generation } = ringOf((await currentVersion(ports.versions, labels)).text);
  await ports.intents.write({ mode, by, at: ports.clock.now() });
  ports.audit.write({ event: 'rotation_intent', generation, reason: `${mode}, by ${by}` });
  return { generation, stored: true };
}

function askedIntent(asked: unknown): Pick<RotationIntent, 'mode' | 'by'> {
  if (typeof asked !== 'object' || asked === null) throw new RotationRefused('invalid_intent');
  const { mode, by, ...others } = asked as Readonly<Record<string, unknown>>;
  const isValid = mode === 'waive-lead' && isPrintableLine(by) && Object.keys(others).length === 0;
  if (!isValid) throw new RotationRefused('invalid_intent');
  return { mode, by };
}
