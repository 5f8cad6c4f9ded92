import type { Clock } from '../../core/ports/clock.ts';
import type { ConnectionWriter } from '../../core/ports/connections.ts';
import type { FailureCounter } from '../../core/ports/failure-counter.ts';
import type { LastUse } from '../../core/ports/last-use.ts';
import type { Lookup } from '../../core/ports/lookup.ts';
import type { TokenBuckets } from '../../core/ports/token-buckets.ts';
import type { RecordKind } from '../../core/records/record-kind.ts';
import type { RevocationFollower } from '../../core/revocation/follow-revocations.ts';
import { followedLookup } from '../../core/revocation/heed-changes.ts';
import { type ConnectionWriterOptions, connectionWriter } from './connection-writer.ts';
import { dynamoFailureCounter } from './failure-counter.ts';
import { type FollowedLogOptions, followedLog } from './followed-log.ts';
import { dynamoLastUse } from './last-use.ts';
import { dynamoLookup } from './lookup.ts';
import { dynamoReader } from './reader.ts';
import { dynamoTokenBuckets } from './token-buckets.ts';
import { countDeadlineMs, dynamoWriter } from './writer.ts';

/** What authorizers read and count. Nothing is opened before it is used. */
export interface AuthorizerStores {
  readonly revocations: RevocationFollower;
  /** Records of one kind, from memory until the log says that they change. */
  lookup<T>(kind: RecordKind<T>): Lookup<T>;
  readonly failures: FailureCounter;
  readonly buckets: TokenBuckets;
  readonly lastUse: LastUse;
  readonly connections: ConnectionWriter | undefined;
}

export interface AuthorizerStoresOptions extends FollowedLogOptions, ConnectionWriterOptions {
  readonly clock: Clock;
  readonly clientsTable: string;
  readonly countersTable: string;
  readonly credentialCacheSeconds: number;
}

/** Nobody who guesses is let in without these. An authorizer has five seconds, and makes up to six such calls in a row. */
const failureDeadlineMs = 500;

export function authorizerStores(options: AuthorizerStoresOptions): AuthorizerStores {
  const { env, clock, clientsTable, countersTable, credentialCacheSeconds } = options;
  const reader = dynamoReader({ env });
  const patient = { env, deadlineMs: failureDeadlineMs };
  const failures = { reader: dynamoReader(patient), writer: dynamoWriter(patient) };
  const writer = dynamoWriter({ env, deadlineMs: countDeadlineMs });
  const revocations = followedLog(options);
  return {
    revocations,
    lookup: (kind) =>
      followedLookup(dynamoLookup(reader, clientsTable, kind), kind, revocations, {
        ttlSeconds: credentialCacheSeconds,
        clock,
      }),
    failures: dynamoFailureCounter(failures, countersTable),
    buckets: dynamoTokenBuckets(writer, countersTable),
    lastUse: dynamoLastUse(writer, countersTable),
    connections: connectionWriter(options),
  };
}
