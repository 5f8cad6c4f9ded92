import { expect, test } from 'vitest';
import { memoryPollReports } from '../../functions/adapters/memory/poll-reports.ts';
import { admin } from '../../functions/admin/admin.ts';
import type { PublishedKeySet } from '../../functions/core/keys/published-keys.ts';
import { adminPorts } from '../support/admin-ports.ts';

const now = 1_800_000_000;

const key = (kid: string, state: 'active' | 'next', publishedAt: number) => ({
  ...{ jwk: { kty: 'RSA', kid, alg: 'RS256', use: 'sig', n: 'n', e: 'AQAB' } as const },
  ...{ state, publishedAt },
});
const keySet: PublishedKeySet = {
  ...{ v: 1, generation: 3, revision: 5 },
  keys: [key('k1', 'active', now - 100), key('k2', 'next', now - 10)],
};

function office(published?: PublishedKeySet) {
  const polls = memoryPollReports();
  const ports = adminPorts({
    ...{ clock: { now: () => now }, keys: { read: async () => published } },
    reportedPolls: polls,
  });
  const run = admin(ports);
  return {
    ...{ polls, cuts: ports.cuts },
    async done(command: object): Promise<unknown> {
      const answer = await run(command, 'r1');
      return answer.ok ? answer.result : expect.unreachable(answer.error.message);
    },
  };
}

test('a deployment that nothing was done with yet has a status', async () => {
  expect(await office().done({ command: 'status' })).toEqual({
    ...{ issuer: 'https://auth.example', active_keys: [], revocations: 0, revocations_owed: 0 },
    ...{ poll_seconds: 5, environments: [] },
  });
});

test('tells the age of the keys that sign, what is revoked, and who has not looked for the longest time', async () => {
  const { polls, cuts, done } = office(keySet);
  const ages = { a: 4, b: 70, c: 3_599, gone: 3_600, ahead: -1 };
  for (const [environment, age] of Object.entries(ages)) {
    await polls.report({ functionName: 'token', environment, at: now - age });
  }
  // One that somebody else left owed counts, because it is settled here.
  await cuts.raise('client', 'orders', now);
  for (const id of ['alice', 'bob', 'alice']) {
    await done({ command: 'revocations.add', level: 'subject', id });
  }
  const environment = (name: string, age_seconds: number, age = age_seconds) => ({
    ...{ function: 'token', environment: name, polled_at: now - age, age_seconds },
  });
  expect(await done({ command: 'status' })).toEqual({
    issuer: 'https://auth.example',
    active_keys: [{ kid: 'k1', alg: 'RS256', published_at: now - 100, age_seconds: 100 }],
    ...{ revocations: 3, revocations_owed: 0, poll_seconds: 5 },
    environments: [
      environment('c', 3_599),
      environment('b', 70),
      environment('a', 4),
      environment('ahead', 0, -1),
    ],
  });
});

test('tells of a key that signs although it was revoked', async () => {
  const mark = { use: 'sig', generation: 5 } as const;
  const revoked = [
    { ...mark, id: 'gone', revokedAt: now - 900, endedAt: now - 890 },
    { ...mark, id: 'k1', revokedAt: now - 60 },
  ];
  expect(await office({ ...keySet, revoked }).done({ command: 'status' })).toMatchObject({
    active_keys: [{ kid: 'k1', revoked_at: now - 60 }],
  });
});
