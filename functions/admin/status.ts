import type { ReportedPolls } from '../core/ports/poll-reports.ts';
import type { PublishedKeys } from '../core/ports/published-keys.ts';
import { ok } from '../core/result.ts';
import { logViews, wholeLog } from './log-views.ts';
import type { TokenAdministration } from './revocations.ts';
import type { Verbs } from './verb.ts';
import type { StatusView } from './views.ts';

export interface StatusAdministration extends TokenAdministration {
  readonly keys: PublishedKeys;
  readonly reportedPolls: ReportedPolls;
}

/** How a deployment is, in one look. */
export function statusCommands(ports: StatusAdministration): Verbs {
  return {
    status: {
      members: [],
      run: async (_command, now) => {
        const owed = await ports.cutOff.settleOwed();
        const [keys, entries, polls] = await Promise.all([
          ports.keys.read(),
          wholeLog(ports, now),
          ports.reportedPolls.list(now),
        ]);
        const revoked = new Map(keys?.revoked?.map(({ id, revokedAt }) => [id, revokedAt]));
        const revocationOf = (kid: string) => {
          const revokedAt = revoked.get(kid);
          return revokedAt === undefined ? {} : { revoked_at: revokedAt };
        };
        const view: StatusView = {
          issuer: ports.issuer,
          active_keys: (keys?.keys ?? [])
            .filter(({ state }) => state === 'active')
            .map(({ jwk: { kid, alg }, publishedAt }) => ({
              ...{ kid, alg, published_at: publishedAt, age_seconds: now - publishedAt },
              ...revocationOf(kid),
            })),
          revocations: logViews(entries, now).length,
          revocations_owed: owed.length,
          poll_seconds: ports.revocationPollSeconds,
          environments: [...polls]
            .sort((a, b) => a.at - b.at)
            .map(({ functionName, environment, at }) => ({
              ...{ function: functionName, environment, polled_at: at },
              age_seconds: Math.max(0, now - at),
            })),
        };
        return ok(view);
      },
    },
  };
}
