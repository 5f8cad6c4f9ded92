import { beforeEach, describe, expect, test } from 'vitest';
import { pollReportKeepSeconds } from '../../functions/core/durations.ts';
import type { Poll, PollReports, ReportedPolls } from '../../functions/core/ports/poll-reports.ts';

export interface PollReportStore {
  readonly reports: PollReports;
  readonly reported: ReportedPolls;
}

const now = 1_800_000_000;
const poll = (functionName: string, environment: string, at: number): Poll => ({
  ...{ functionName, environment, at },
});

/** What every keeper of reports promises. @param open one that was told nothing yet */
export function pollReportsContract(name: string, open: () => Promise<PollReportStore>): void {
  describe(`reports of polls in ${name}`, () => {
    let store: PollReportStore;
    beforeEach(async () => {
      store = await open();
    });

    const list = async (at = now) =>
      (await store.reported.list(at)).map((one) => JSON.stringify(one)).sort();

    test('each environment of each function has its last one', async () => {
      const polls = [
        poll('token', 'a_-1', now - 60),
        poll('token', 'b', now),
        poll('jwt', 'b', now),
      ];
      for (const one of polls) await store.reports.report(one);
      await store.reports.report(poll('token', 'a_-1', now));
      expect(await list()).toEqual(
        [poll('token', 'a_-1', now), ...polls.slice(1)].map((one) => JSON.stringify(one)).sort(),
      );
    });

    test('whoever has told nothing for an hour is gone', async () => {
      expect(await list()).toEqual([]);
      await store.reports.report(poll('token', 'a', now));
      expect(await list(now + pollReportKeepSeconds - 1)).toHaveLength(1);
      expect(await list(now + pollReportKeepSeconds)).toEqual([]);
    });
  });
}
