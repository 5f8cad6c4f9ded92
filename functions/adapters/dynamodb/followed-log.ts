import { revocationKeepSeconds } from '../../core/durations.ts';
import {
  followRevocations,
  type RevocationFollower,
} from '../../core/revocation/follow-revocations.ts';
import type { DynamoCallOptions } from './call.ts';
import { dynamoQuery } from './query.ts';
import { dynamoRevocationLog } from './revocation-log.ts';

export interface FollowedLogOptions extends Pick<DynamoCallOptions, 'env'> {
  readonly verificationTable: string;
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly revocationPollSeconds: number;
  /** Absent: nothing is done with a log that cannot be read. */
  readonly revocationMaxStaleSeconds?: number;
}

/** A request waits for the log, and has five seconds in all. */
const deadlineMs = 1_000;

/** The deployment's revocation log, as an environment follows it. */
export function followedLog(options: FollowedLogOptions): RevocationFollower {
  const { env, verificationTable, revocationPollSeconds, revocationMaxStaleSeconds = 0 } = options;
  return followRevocations({
    log: dynamoRevocationLog(dynamoQuery({ env, deadlineMs }), verificationTable),
    pollSeconds: revocationPollSeconds,
    maxStaleSeconds: revocationMaxStaleSeconds,
    keepSeconds: revocationKeepSeconds(options),
  });
}
