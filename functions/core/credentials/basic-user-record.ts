import type { RecordKind } from '../records/record-kind.ts';
import { RecordReader } from '../records/record-reader.ts';
import type { BasicUser, UserSecret } from './basic-user.ts';
import { readGrantee } from './grantee.ts';
import { isPasswordHash } from './password-hash.ts';
import { isUsername } from './user-credential.ts';

/** Basic users in the Clients table, by their name in NFC. */
export const basicUserKind: RecordKind<BasicUser> = {
  name: 'user',
  prefix: 'BU#',
  schema: 1,
  idOf: ({ username }) => username,
  parse(item) {
    const record = new RecordReader('user', item);
    const username = record.text('username');
    if (!isUsername(username)) throw record.broken('username');
    return {
      ...readGrantee(record),
      username,
      secret: parseSecret(record),
      passwordSetAt: record.integer('passwordSetAt'),
    };
  },
};

/** A hash that could not be verified, or not within bounds, is a broken record: nobody's password fits it. */
function parseSecret(record: RecordReader): UserSecret {
  const secret = record.one('secret');
  const kind = secret.oneOf('kind', ['generated', 'password']);
  if (kind === 'generated') return { kind, hash: secret.digest('hash') };
  const phc = secret.text('phc');
  if (!isPasswordHash(phc)) throw record.broken('secret');
  return { kind, phc };
}
