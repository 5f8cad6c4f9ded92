import { pollReportKeepSeconds } from '../../core/durations.ts';
import type { Poll, PollReports, ReportedPolls } from '../../core/ports/poll-reports.ts';

/** Reports of polls in memory. */
export function memoryPollReports(): PollReports & ReportedPolls {
  const polls = new Map<string, Poll>();
  return {
    async report(poll) {
      polls.set(`${poll.functionName}#${poll.environment}`, poll);
    },
    async list(now) {
      return [...polls.values()].filter(({ at }) => at + pollReportKeepSeconds > now);
    },
  };
}
