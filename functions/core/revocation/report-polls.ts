import type { FaultEvent } from '../audit.ts';
import { faultOf } from '../fault.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Poll, PollReports } from '../ports/poll-reports.ts';

/** No environment tells more often, nor that it cannot tell. */
const reportSeconds = 60;

/** Reports the polls of this environment, a minute apart. Never throws: that it cannot is one fault in the log. */
export function pollReporter(
  who: Omit<Poll, 'at'>,
  { reports, audit }: { readonly reports: PollReports; readonly audit: AuditLog },
): (now: number) => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async (now) => {
    if (Math.abs(now - last) < reportSeconds) return;
    last = now;
    try {
      await reports.report({ ...who, at: now });
    } catch (cause) {
      const fault: FaultEvent = { event: 'fault', where: 'poll report', ...faultOf(cause) };
      audit.write(fault);
    }
  };
}
