import {
  type Client,
  type ClientSecret,
  isSecretExpired,
  secretUseId,
} from '../core/clients/client.ts';
import type { MintedSecret } from '../core/clients/client-secret.ts';
import { endOfCredential } from '../core/credentials/credential-end.ts';
import type { ClientView, SecretView, ShownSecret } from './views.ts';

/** Epoch seconds of the hour of the last use, by id. */
type Uses = ReadonlyMap<string, number>;

/** A client as operators see it. Hashes stay where they are. */
export function clientView(client: Client, now: number, uses?: Uses): ClientView {
  return {
    client_id: client.clientId,
    name: client.name,
    status: client.status,
    grant_types: client.grantTypes,
    token_endpoint_auth_methods: client.authenticationMethods,
    scope: client.scope.join(' '),
    default_scope: client.defaultScope.join(' '),
    resources: client.resources,
    default_resource: client.defaultResource,
    ...(client.accessTokenLifetimeSeconds === undefined
      ? {}
      : { access_token_lifetime: client.accessTokenLifetimeSeconds }),
    access_token_signing_alg: client.signingAlgorithm,
    ...(client.introspects === undefined ? {} : { introspects: client.introspects }),
    secrets: client.secrets.map((secret) =>
      secretView(secret, now, uses?.get(secretUseId(client.clientId, secret.id))),
    ),
    created_at: client.createdAt,
    updated_at: client.updatedAt,
  };
}

export function secretView(secret: ClientSecret, now: number, lastUsedAt?: number): SecretView {
  const { id, hint, createdAt } = secret;
  const end = endOfCredential(secret);
  return {
    secret_id: id,
    hint,
    created_at: createdAt,
    ...(end === undefined ? {} : { expires_at: end }),
    is_expired: isSecretExpired(secret, now),
    ...(lastUsedAt === undefined ? {} : { last_used_at: lastUsedAt }),
  };
}

export function shownSecret({ secret, record }: MintedSecret): ShownSecret {
  return {
    client_secret: secret,
    secret_id: record.id,
    client_secret_expires_at: record.expiresAt ?? 0,
  };
}
