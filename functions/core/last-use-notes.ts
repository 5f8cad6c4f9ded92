import { faultOf } from './fault.ts';
import { hourOf } from './hour.ts';
import type { AuditLog } from './ports/audit-log.ts';
import type { LastUse } from './ports/last-use.ts';

/** So many credentials are remembered as noted; beyond that some are noted again. */
const notedMax = 10_000;

/**
 * Notes the use of credentials, each once an hour in this environment; every other use costs nothing. A note that fails is
 * not tried again within the hour, and fails nothing: it decides nothing.
 */
export function lastUseNotes(
  lastUse: LastUse,
  audit: AuditLog,
): (credentialId: string, now: number) => Promise<void> {
  const noted = new Set<string>();
  let hour = 0;

  return async (credentialId, now) => {
    const current = hourOf(now);
    if (current !== hour) noted.clear();
    hour = current;
    if (noted.has(credentialId)) return;
    // Not before somebody new comes: who is remembered never costs the others their place.
    if (noted.size >= notedMax) noted.clear();
    noted.add(credentialId);
    try {
      await lastUse.note(credentialId, now);
    } catch (cause) {
      audit.write({ event: 'fault', where: 'last use', ...faultOf(cause) });
    }
  };
}
