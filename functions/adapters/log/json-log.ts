import type { AuditEvent } from '../../core/audit.ts';
import type { AuditLog } from '../../core/ports/audit-log.ts';

/** One JSON line per event on standard output; CloudWatch takes it from there. */
export const jsonLog: AuditLog = {
  write(event: AuditEvent): void {
    try {
      // JSON.stringify escapes control characters, so nothing a caller sent can begin a second record.
      const members = JSON.stringify(event).slice(1);
      process.stdout.write(`{"ts":"${new Date().toISOString()}",${members}\n`);
    } catch {
      // A log that cannot be written must not fail what it describes.
    }
  },
};
