import type { AuditEvent } from '../../core/audit.ts';
import type { AuditLog } from '../../core/ports/audit-log.ts';

/** One JSON line per event on standard output; CloudWatch takes it from there. */
export const jsonLog: AuditLog = {
  write(event: AuditEvent): void {
    try {
      // JSON.stringify escapes control characters, so nothing a caller sent can begin a second record.
      process.stdout.write(`${JSON.stringify({ ts: new Date().toISOString(), ...event })}\n`);
    } catch {
      // A log that cannot be written must not fail what it describes.
    }
  },
};
