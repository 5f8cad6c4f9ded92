import { expect, test } from 'vitest';
import { memoryRevocationLog } from '../../../functions/adapters/memory/revocation-log.ts';
import type { AuditEvent } from '../../../functions/core/audit.ts';
import type { Poll } from '../../../functions/core/ports/poll-reports.ts';
import { followRevocations } from '../../../functions/core/revocation/follow-revocations.ts';
import { pollReporter } from '../../../functions/core/revocation/report-polls.ts';

const now = 1_800_000_000;

/** An environment that follows a log and tells of it. */
function environment() {
  const told: Poll[] = [];
  const lines: AuditEvent[] = [];
  const away = { log: false, reports: false };
  const log = memoryRevocationLog();
  const follower = followRevocations({
    log: {
      read: async (from, to) => {
        if (away.log) throw new Error('the log is away');
        return log.read(from, to);
      },
    },
    ...{ pollSeconds: 5, maxStaleSeconds: 600, keepSeconds: 3_728 },
    beside: pollReporter(
      { functionName: 'token', environment: 'a' },
      {
        reports: {
          report: async (poll) => {
            if (away.reports) throw new Error('secret details');
            told.push(poll);
          },
        },
        audit: { write: (event) => lines.push(event) },
      },
    ),
  });
  return { follower, told, lines, away };
}

test('an environment tells of a poll once a minute, however often it looks', async () => {
  const { follower, told } = environment();
  for (let after = 0; after <= 120; after += 1) await follower.current(now + after, true);
  expect(told).toEqual(
    [0, 60, 120].map((after) => ({ functionName: 'token', environment: 'a', at: now + after })),
  );
});

test('it tells of no poll while the log cannot be read: its age must grow', async () => {
  const { follower, told, away } = environment();
  await follower.current(now);
  away.log = true;
  for (let after = 5; after <= 300; after += 5) await follower.current(now + after);
  expect(told.map(({ at }) => at)).toEqual([now]);
  away.log = false;
  await follower.current(now + 305);
  await follower.current(now + 310);
  expect(told.map(({ at }) => at)).toEqual([now, now + 310]);
});

test('that it cannot tell changes no answer, and is one line a minute without any detail', async () => {
  const { follower, told, lines, away } = environment();
  away.reports = true;
  for (let after = 0; after < 120; after += 1) {
    expect((await follower.current(now + after, true)).size).toBe(0);
  }
  expect(told).toEqual([]);
  expect(lines).toEqual(
    [1, 2].map(() => ({ event: 'fault', where: 'poll report', fault: 'Error' })),
  );
});
