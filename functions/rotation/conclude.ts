import type { KeyRing } from '../core/keys/key-ring.ts';
import { goneFor, withEnds } from '../core/keys/revoked-keys.ts';
import type { RevocationRecorder } from '../core/revocation/revocation-recorder.ts';
import { change, type Publishing, publishRetirement } from './publish.ts';

export interface Concluding extends Publishing {
  readonly revocations: RevocationRecorder;
}

/**
 * What follows when a ring has come into force. Every part may be repeated, and the next rotation makes up for what was
 * lost: the log names the ring, then the keys that were revoked and are gone, and only then the set says that they have
 * ended. In this order: who reads of a dead key reads of the ring that signs without it as well.
 */
export async function conclude(
  ring: KeyRing,
  ports: Concluding,
  rules: { readonly retirementSeconds: number },
): Promise<void> {
  await ports.revocations.record({ kind: 'ring', id: String(ring.generation) });
  const ended = goneFor(ring, await ports.publisher.read());
  for (const { id, use } of ended) {
    if (use === 'sig') await ports.revocations.record({ kind: 'key', id });
  }
  await publishRetirement(ring, ports);
  await change(ports, (set, now) =>
    set === undefined ? undefined : withEnds(set, ended, now, rules.retirementSeconds),
  );
}
