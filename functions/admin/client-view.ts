import { type Client, type ClientSecret, isSecretExpired } from '../core/clients/client.ts';
import type { MintedSecret } from '../core/clients/client-secret.ts';
import { endOfCredential } from '../core/credentials/credential-end.ts';
import type { ClientView, SecretView, ShownSecret } from './commands.ts';

/** A client as operators see it. Hashes stay where they are. */
export function clientView(client: Client, now: number): ClientView {
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
    secrets: client.secrets.map((secret) => secretView(secret, now)),
    created_at: client.createdAt,
    updated_at: client.updatedAt,
  };
}

export function secretView(secret: ClientSecret, now: number): SecretView {
  const { id, hint, createdAt } = secret;
  const end = endOfCredential(secret);
  return {
    secret_id: id,
    hint,
    created_at: createdAt,
    ...(end === undefined ? {} : { expires_at: end }),
    is_expired: isSecretExpired(secret, now),
  };
}

export function shownSecret({ secret, record }: MintedSecret): ShownSecret {
  return {
    client_secret: secret,
    secret_id: record.id,
    client_secret_expires_at: record.expiresAt ?? 0,
  };
}
