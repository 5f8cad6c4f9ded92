import type { Client, ClientAuthenticationMethod } from '../core/clients/client.ts';
import type { Algorithm } from '../core/tokens/algorithm.ts';
import type { CommandReader } from './command-reader.ts';

/**
 * The client with the members that the command names replaced. Nothing is validated here: the rules of
 * `core/clients/client-rules.ts` judge the whole record before it is written.
 */
export function changedClient(client: Client, command: CommandReader, now: number): Client {
  const scope = command.list('scope') ?? client.scope;
  const resources = command.list('resources') ?? client.resources;
  const { accessTokenLifetimeSeconds: kept, introspects: introspected, ...rest } = client;
  const lifetime = lifetimeOf(command, kept);
  const introspects = command.list('introspects') ?? introspected ?? [];
  return {
    ...rest,
    name: command.text('name') ?? client.name,
    grantTypes: command.list('grant_types') ?? client.grantTypes,
    authenticationMethods:
      (command.list('token_endpoint_auth_methods') as readonly ClientAuthenticationMethod[]) ??
      client.authenticationMethods,
    scope,
    // Narrowing the scope narrows the default with it; widening does not widen what a bare request gets.
    defaultScope:
      command.list('default_scope') ?? client.defaultScope.filter((token) => scope.includes(token)),
    resources,
    defaultResource:
      command.text('default_resource') ??
      (resources.includes(client.defaultResource)
        ? client.defaultResource
        : (resources[0] ?? client.defaultResource)),
    signingAlgorithm:
      (command.text('access_token_signing_alg') as Algorithm | undefined) ??
      client.signingAlgorithm,
    ...(introspects.length === 0 ? {} : { introspects }),
    ...(lifetime === undefined ? {} : { accessTokenLifetimeSeconds: lifetime }),
    updatedAt: now,
  };
}

function lifetimeOf(command: CommandReader, kept: number | undefined): number | undefined {
  if (!command.has('access_token_lifetime')) return kept;
  return command.isNull('access_token_lifetime')
    ? undefined
    : command.integer('access_token_lifetime');
}
