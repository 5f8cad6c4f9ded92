import type { FaultEvent } from '../../core/audit.ts';
import { revocationKeepSeconds } from '../../core/durations.ts';
import { faultOf } from '../../core/fault.ts';
import {
  followRevocations,
  type RevocationFollower,
} from '../../core/revocation/follow-revocations.ts';
import { pollReporter } from '../../core/revocation/report-polls.ts';
import { jsonLog } from '../log/json-log.ts';
import { systemRandomness } from '../system/randomness.ts';
import type { DynamoCallOptions } from './call.ts';
import { dynamoPollReports } from './poll-reports.ts';
import { dynamoQuery } from './query.ts';
import { dynamoRevocationLog } from './revocation-log.ts';
import { countDeadlineMs, dynamoWriter } from './writer.ts';

export interface FollowedLogOptions extends Pick<DynamoCallOptions, 'env'> {
  readonly verificationTable: string;
  /** Where the environment tells of its polls. Absent: it is nobody's business, because it knows nothing for longer than a request. */
  readonly countersTable?: string;
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly revocationPollSeconds: number;
  /** Absent: nothing is done with a log that cannot be read. */
  readonly revocationMaxStaleSeconds?: number;
}

/** A request waits for the log, and has five seconds in all. */
const deadlineMs = 1_000;

/** The deployment's revocation log, as an environment follows it, and tells operators that it does. */
export function followedLog(options: FollowedLogOptions): RevocationFollower {
  const { env, verificationTable, countersTable } = options;
  const { revocationPollSeconds, revocationMaxStaleSeconds = 0 } = options;
  return followRevocations({
    log: dynamoRevocationLog(dynamoQuery({ env, deadlineMs }), verificationTable),
    pollSeconds: revocationPollSeconds,
    maxStaleSeconds: revocationMaxStaleSeconds,
    keepSeconds: revocationKeepSeconds(options),
    onStale(cause) {
      const fault: FaultEvent = { event: 'fault', where: 'revocation log', ...faultOf(cause) };
      jsonLog.write(fault);
    },
    ...(countersTable === undefined ? {} : { beside: reporterOf(env, countersTable) }),
  });
}

function reporterOf(env: FollowedLogOptions['env'], countersTable: string) {
  const environment = Buffer.from(systemRandomness.bytes(6)).toString('base64url');
  const writer = dynamoWriter({ env, deadlineMs: countDeadlineMs });
  return pollReporter(
    { functionName: env.AWS_LAMBDA_FUNCTION_NAME ?? '', environment },
    { reports: dynamoPollReports(writer, countersTable), audit: jsonLog },
  );
}
