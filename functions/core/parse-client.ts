import { isAlgorithm } from './algorithm.ts';
import {
  type Client,
  type ClientAuthenticationMethod,
  type ClientSecret,
  clientAuthenticationMethods,
} from './client.ts';

/** Schema of a client's record. */
export const clientSchema = 1;

/**
 * The client in a stored record. Throws when the record is broken or of a newer schema: a client that cannot be read is
 * not a client that does not exist.
 */
export function parseClient(record: Readonly<Record<string, unknown>>): Client {
  const { v, clientId, status, signingAlgorithm, accessTokenLifetimeSeconds: lifetime } = record;
  if (v !== clientSchema) throw new Error('a client record of another schema');
  if (status !== 'enabled' && status !== 'disabled') throw broken('status');
  if (!isAlgorithm(signingAlgorithm)) throw broken('signingAlgorithm');
  if (lifetime !== undefined && !isSeconds(lifetime)) throw broken('accessTokenLifetimeSeconds');
  return {
    clientId: text(clientId, 'clientId'),
    name: text(record.name, 'name'),
    status,
    authenticationMethods: texts(record.authenticationMethods, 'authenticationMethods').filter(
      isMethod,
    ),
    grantTypes: texts(record.grantTypes, 'grantTypes'),
    scope: texts(record.scope, 'scope'),
    defaultScope: texts(record.defaultScope, 'defaultScope'),
    resources: texts(record.resources, 'resources'),
    defaultResource: text(record.defaultResource, 'defaultResource'),
    ...(lifetime === undefined ? {} : { accessTokenLifetimeSeconds: lifetime }),
    signingAlgorithm,
    secrets: list(record.secrets, 'secrets').map(parseSecret),
    createdAt: seconds(record.createdAt, 'createdAt'),
    updatedAt: seconds(record.updatedAt, 'updatedAt'),
  };
}

function parseSecret(value: unknown): ClientSecret {
  if (typeof value !== 'object' || value === null) throw broken('secrets');
  const { id, hash, hint, createdAt, expiresAt } = value as Record<string, unknown>;
  if (expiresAt !== undefined && !isSeconds(expiresAt)) throw broken('secrets');
  return {
    id: text(id, 'secrets'),
    hash: text(hash, 'secrets'),
    hint: text(hint, 'secrets'),
    createdAt: seconds(createdAt, 'secrets'),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function isMethod(method: string): method is ClientAuthenticationMethod {
  return (clientAuthenticationMethods as readonly string[]).includes(method);
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function seconds(value: unknown, member: string): number {
  if (!isSeconds(value)) throw broken(member);
  return value;
}

function text(value: unknown, member: string): string {
  if (typeof value !== 'string') throw broken(member);
  return value;
}

function list(value: unknown, member: string): readonly unknown[] {
  if (!Array.isArray(value)) throw broken(member);
  return value;
}

function texts(value: unknown, member: string): readonly string[] {
  return list(value, member).map((item) => text(item, member));
}

function broken(member: string): Error {
  return new Error(`a client record with a broken ${member}`);
}
