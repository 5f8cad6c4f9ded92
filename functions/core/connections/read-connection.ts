import { RecordReader } from '../records/record-reader.ts';
import type { TokenMarks } from '../revocation/token-marks.ts';
import type { Connection } from './connection.ts';

/** The connection in a stored item; throws where it is broken, or of another schema. */
export function readConnection(item: Readonly<Record<string, unknown>>): Connection {
  const record = new RecordReader('connection', item);
  if (item.v !== 1) throw record.broken('schema');
  const expiresAt = record.integerOr('expiresAt', undefined);
  const connection = {
    connectionId: record.text('sk'),
    connectedAt: record.integer('connectedAt'),
    credentialId: record.text('credentialId'),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  // A client certificate is never seen on a WebSocket API.
  const scheme = record.oneOf('scheme', ['bearer', 'apikey', 'basic']);
  switch (scheme) {
    case 'bearer':
      return { ...connection, scheme, marks: readMarks(record.one('marks')) };
    case 'apikey':
      return { ...connection, scheme };
    case 'basic':
      return { ...connection, scheme, secretSetAt: record.integer('secretSetAt') };
  }
}

function readMarks(record: RecordReader): TokenMarks {
  const [token, grant, client] = ['token', 'grant', 'client'].map((member) =>
    record.textOr(member, undefined),
  );
  return {
    ...(token === undefined ? {} : { token }),
    ...(grant === undefined ? {} : { grant }),
    ...(client === undefined ? {} : { client }),
    subject: record.text('subject'),
    key: record.text('key'),
    issuedAt: record.integer('issuedAt'),
  };
}
