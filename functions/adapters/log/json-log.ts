import type { AuditEvent } from '../../core/audit.ts';
import type { AuditLog } from '../../core/ports/audit-log.ts';

/** One JSON line per event on standard output; CloudWatch takes it from there. */
export const jsonLog: AuditLog = {
  write(event: AuditEvent): void {
    try {
      // JSON.stringify escapes control characters, so nothing a caller sent can begin a second record.
      const members = JSON.stringify(event).slice(1);
      process.stdout.write(`{"ts":"${timestamp()}",${members}\n`);
    } catch {
      // A log that cannot be written must not fail what it describes.
    }
  },
};

let lastSecond = -1;
let upToTheSecond = '';

/** ISO 8601 with milliseconds. Most of it is the same for all lines of a second. */
function timestamp(): string {
  const now = Date.now();
  const second = Math.floor(now / 1_000);
  if (second !== lastSecond) {
    lastSecond = second;
    upToTheSecond = new Date(now).toISOString().slice(0, -'000Z'.length);
  }
  return `${upToTheSecond}${String(now % 1_000).padStart(3, '0')}Z`;
}
