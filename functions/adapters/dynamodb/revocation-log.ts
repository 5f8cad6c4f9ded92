import type { RevocationLog, RevocationWriter } from '../../core/ports/revocation-log.ts';
import {
  bucketsOf,
  loggedMembers,
  placeOf,
  readLoggedEntry,
} from '../../core/revocation/log-entry.ts';
import type { DynamoQuery } from './query.ts';
import { type DynamoWriter, setMembers } from './writer.ts';

/** The revocation log in the Verification table: `LOG#<hour>` / `<second>#<serial>`. */
export function dynamoRevocationLog(query: DynamoQuery, table: string): RevocationLog {
  return {
    async read(from, to) {
      const buckets = bucketsOf(from, to).map((bucket) =>
        query(table, bucket, placeOf(from), loggedMembers, readLoggedEntry),
      );
      return (await Promise.all(buckets)).flat();
    },
  };
}

/** Its writing half. An entry that is written again is the same item. */
export function dynamoRevocationWriter(writer: DynamoWriter, table: string): RevocationWriter {
  return {
    async append({ at, serial, expiresAt, ...entry }) {
      const [pk = ''] = bucketsOf(at, at);
      const key = { pk, sk: placeOf(at, serial) };
      const members = { v: 1, ...entry, expiresAt, ttl: expiresAt };
      await writer.updateItem(table, setMembers(key, members));
    },
  };
}
