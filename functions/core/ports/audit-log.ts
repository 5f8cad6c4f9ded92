import type { AuditEvent } from '../audit.ts';

/** Where events go. Never throws: a log that fails must not fail a request. */
export interface AuditLog {
  write(event: AuditEvent): void;
}
