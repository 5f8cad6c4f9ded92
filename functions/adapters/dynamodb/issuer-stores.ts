import type { Client } from '../../core/clients/client.ts';
import { clientKind } from '../../core/clients/client-record.ts';
import type { IssuerKeys } from '../../core/keys/issuer-keys.ts';
import { publishedIssuerKeys } from '../../core/keys/published-issuer-keys.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { LastUse } from '../../core/ports/last-use.ts';
import type { Lookup } from '../../core/ports/lookup.ts';
import type { RecordKind } from '../../core/records/record-kind.ts';
import type { RevocationFollower } from '../../core/revocation/follow-revocations.ts';
import { followedKeys, followedLookup } from '../../core/revocation/heed-changes.ts';
import { type FollowedLogOptions, followedLog } from './followed-log.ts';
import { dynamoLastUse } from './last-use.ts';
import { dynamoLookup } from './lookup.ts';
import { dynamoPublishedKeys } from './published-keys.ts';
import { dynamoReader } from './reader.ts';
import { countDeadlineMs, dynamoWriter } from './writer.ts';

/** What endpoints of the issuer read, and note of their callers. Nothing is opened before it is used. */
export interface IssuerStores {
  readonly revocations: RevocationFollower;
  /** From memory until the log says that one changes. */
  readonly clients: Lookup<Client>;
  readonly lastUse: LastUse;
  /** Records of one kind, none of them from memory. */
  lookup<T>(kind: RecordKind<T>): Lookup<T>;
  /** The issuer's own public keys, from memory until the log says that they change. */
  ownKeys(freshSeconds: number): IssuerKeys;
}

export interface IssuerStoresOptions extends Omit<FollowedLogOptions, 'revocationMaxStaleSeconds'> {
  readonly clock: Clock;
  readonly clientsTable: string;
  readonly countersTable: string;
  readonly clientCacheSeconds: number;
}

export function issuerStores(options: IssuerStoresOptions): IssuerStores {
  const { env, clock, clientsTable, countersTable, verificationTable } = options;
  const reader = dynamoReader({ env });
  const revocations = followedLog(options);
  return {
    revocations,
    clients: followedLookup(
      dynamoLookup(reader, clientsTable, clientKind),
      clientKind,
      revocations,
      { ttlSeconds: options.clientCacheSeconds, clock },
    ),
    lastUse: dynamoLastUse(dynamoWriter({ env, deadlineMs: countDeadlineMs }), countersTable),
    lookup: (kind) => dynamoLookup(reader, clientsTable, kind),
    ownKeys: (freshSeconds) =>
      followedKeys(
        publishedIssuerKeys(dynamoPublishedKeys(reader, verificationTable), freshSeconds),
        revocations,
      ),
  };
}
