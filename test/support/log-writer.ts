import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { RevocationWriter } from '../../functions/core/ports/revocation-log.ts';
import type { LogEntry } from '../../functions/core/revocation/log-entry.ts';
import { stampedEntry } from '../../functions/core/revocation/revocation-recorder.ts';

/** Writes whatever a test says, cuts too, under the time at which it says so. */
export function logWriter(
  log: RevocationWriter,
  clock: { readonly seconds: number },
  keepSeconds: number,
): (entry: LogEntry) => Promise<void> {
  const stamping = { randomness: systemRandomness, keepSeconds };
  return (entry) => log.append(stampedEntry(stamping, entry, clock.seconds));
}
