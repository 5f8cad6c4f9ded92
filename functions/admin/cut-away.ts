import type { CutLevel } from '../core/ports/cuts.ts';
import type { CutOff, DurableCut } from '../core/revocation/cut-off.ts';

export interface CutAdministration {
  readonly cutOff: CutOff;
}

/** Settles what others left owed. That it cannot be now keeps nobody from revoking something else. */
export async function settleLeftovers({ cutOff }: CutAdministration): Promise<void> {
  await cutOff.settleOwed().catch(() => undefined);
}

/** Ends what a client or a subject holds. @param id as the log spells it */
export async function cutAway(
  ports: CutAdministration,
  level: CutLevel,
  id: string,
): Promise<DurableCut> {
  await settleLeftovers(ports);
  return ports.cutOff.cutOff(level, id);
}
