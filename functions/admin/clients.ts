import {
  type Client,
  clientAuthenticationMethods,
  clientSecretsMax,
} from '../core/clients/client.ts';
import { brokenClientRule, type ClientLimits } from '../core/clients/client-rules.ts';
import { mintClientId, mintClientSecret } from '../core/clients/client-secret.ts';
import { hasSecretPrefix } from '../core/looks-like-secret.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import type { Registry } from '../core/ports/registry.ts';
import { err, ok, type Result } from '../core/result.ts';
import { changedClient } from './client-change.ts';
import { clientView, shownSecret } from './client-view.ts';
import { type CommandReader, required, secondsFromNow } from './command-reader.ts';
import { editRecord } from './edit-record.ts';
import { type AdminError, conflict, invalid, notFound, type Verbs } from './verb.ts';

export interface ClientAdministration {
  readonly clients: Registry<Client>;
  readonly randomness: Randomness;
  readonly limits: ClientLimits;
  readonly defaultResource: string;
}

const noSuchClient = notFound('there is no client of that client_id');

const changeMembers = [
  'name',
  'grant_types',
  'token_endpoint_auth_methods',
  'scope',
  'default_scope',
  'resources',
  'default_resource',
  'access_token_lifetime',
  'access_token_signing_alg',
] as const;

/** What operators do with clients: command name → its members and the verb. Each is one conditional write. */
export function clientCommands(ports: ClientAdministration): Verbs {
  const { clients, randomness, limits } = ports;

  return {
    'clients.create': {
      members: ['client_id', 'secret_expires_in', ...changeMembers],
      run: async (command, now) => {
        const expiresAt = secondsFromNow(command, 'secret_expires_in', now);
        const minted = mintClientSecret(randomness, now, expiresAt);
        const resources = command.list('resources') ?? defaultResources(command, ports);
        const blank: Client = {
          clientId: command.text('client_id') ?? mintClientId(randomness),
          name: '',
          status: 'enabled',
          authenticationMethods: clientAuthenticationMethods,
          grantTypes: ['client_credentials'],
          scope: [],
          defaultScope: command.list('scope') ?? [],
          resources,
          defaultResource: resources[0] ?? '',
          signingAlgorithm: 'RS256',
          secrets: [minted.record],
          createdAt: now,
          updatedAt: now,
        };
        if (hasSecretPrefix(blank.clientId)) return invalid('client_id looks like a secret');
        const client = changedClient(blank, command, now);
        const broken = brokenClientRule(client, limits);
        if (broken !== undefined) return invalid(broken);
        if (!(await clients.create(client))) return conflict('a client of that client_id exists');
        return ok({ ...clientView(client), ...shownSecret(minted) });
      },
    },

    'clients.list': {
      members: [],
      run: async () => ok((await clients.list()).map(clientView)),
    },

    'clients.show': {
      members: ['client_id'],
      run: async (command) => {
        const found = await clients.read(idOf(command));
        return found === undefined ? noSuchClient : ok(clientView(found.record));
      },
    },

    'clients.update': {
      members: ['client_id', ...changeMembers],
      run: (command, now) =>
        edit(
          command,
          (client) => ok(changedClient(client, command, now)),
          (client) => brokenClientRule(client, limits),
        ),
    },

    'clients.disable': {
      members: ['client_id'],
      run: (command, now) =>
        edit(command, (client) => ok({ ...client, status: 'disabled', updatedAt: now })),
    },

    'clients.enable': {
      members: ['client_id'],
      run: (command, now) =>
        edit(command, (client) => ok({ ...client, status: 'enabled', updatedAt: now })),
    },

    'clients.delete': {
      members: ['client_id'],
      run: async (command) => {
        const id = idOf(command);
        return (await clients.remove(id)) ? ok({ client_id: id, deleted: true }) : noSuchClient;
      },
    },

    'clients.secrets.add': {
      members: ['client_id', 'expires_in'],
      run: async (command, now) => {
        const minted = mintClientSecret(
          randomness,
          now,
          secondsFromNow(command, 'expires_in', now),
        );
        const added = await edit(command, (client) => {
          const living = client.secrets.filter(
            ({ expiresAt }) => expiresAt === undefined || expiresAt > now,
          );
          return living.length >= clientSecretsMax
            ? conflict(`the client has ${clientSecretsMax} secrets: revoke one first`)
            : ok({ ...client, secrets: [...living, minted.record], updatedAt: now });
        });
        return added.ok ? ok({ ...added.value, ...shownSecret(minted) }) : added;
      },
    },

    'clients.secrets.revoke': {
      members: ['client_id', 'secret_id'],
      run: (command, now) => {
        const secretId = required(command, 'secret_id');
        return edit(command, (client) => {
          const secrets = client.secrets.filter(({ id }) => id !== secretId);
          return secrets.length === client.secrets.length
            ? err({ code: 'not_found', message: 'the client has no secret of that secret_id' })
            : ok({ ...client, secrets, updatedAt: now });
        });
      },
    },
  };

  /** Changes one client and shows it as it is then. */
  async function edit(
    command: CommandReader,
    change: (client: Client) => Result<Client, AdminError>,
    // A client that breaks a rule which is younger than itself can be switched off, and its secrets replaced, all the same.
    brokenRule: (client: Client) => string | undefined = () => undefined,
  ): Promise<Result<ReturnType<typeof clientView>, AdminError>> {
    const edited = await editRecord(clients, idOf(command), change, {
      brokenRule,
      missing: noSuchClient,
    });
    return edited.ok ? ok(clientView(edited.value)) : edited;
  }
}

function idOf(command: CommandReader): string {
  return required(command, 'client_id');
}

function defaultResources(
  command: CommandReader,
  { defaultResource }: ClientAdministration,
): readonly string[] {
  const asked = command.text('default_resource');
  if (asked !== undefined) return [asked];
  return defaultResource === '' ? [] : [defaultResource];
}
