import type { RecordKind } from '../records/record-kind.ts';
import { RecordReader } from '../records/record-reader.ts';
import { algorithms } from '../tokens/algorithm.ts';
import { type Client, type ClientSecret, clientAuthenticationMethods } from './client.ts';

/** OAuth clients in the Clients table. */
export const clientKind: RecordKind<Client> = {
  name: 'client',
  prefix: 'CL#',
  schema: 1,
  idOf: ({ clientId }) => clientId,
  parse(item) {
    const record = new RecordReader('client', item);
    const lifetime = record.integerOr('accessTokenLifetimeSeconds', undefined);
    const introspects = record.textsOr('introspects', undefined);
    return {
      clientId: record.text('clientId'),
      name: record.text('name'),
      status: record.oneOf('status', ['enabled', 'disabled']),
      authenticationMethods: clientAuthenticationMethods.filter((method) =>
        record.texts('authenticationMethods').includes(method),
      ),
      grantTypes: record.texts('grantTypes'),
      scope: record.texts('scope'),
      defaultScope: record.texts('defaultScope'),
      resources: record.texts('resources'),
      defaultResource: record.text('defaultResource'),
      ...(lifetime === undefined ? {} : { accessTokenLifetimeSeconds: lifetime }),
      signingAlgorithm: record.oneOf('signingAlgorithm', algorithms),
      ...(introspects === undefined ? {} : { introspects }),
      secrets: record.nested('secrets').map(parseSecret),
      createdAt: record.integer('createdAt'),
      updatedAt: record.integer('updatedAt'),
    };
  },
};

function parseSecret(secret: RecordReader): ClientSecret {
  const expiresAt = secret.integerOr('expiresAt', undefined);
  const graceUntil = secret.integerOr('graceUntil', undefined);
  return {
    id: secret.text('id'),
    hash: secret.digest('hash'),
    hint: secret.text('hint'),
    createdAt: secret.integer('createdAt'),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(graceUntil === undefined ? {} : { graceUntil }),
  };
}
