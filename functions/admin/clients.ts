import { type Client, clientAuthenticationMethods, clientSecretsMax } from '../core/client.ts';
import { brokenClientRule, type ClientLimits } from '../core/client-rules.ts';
import { mintClientId, mintClientSecret } from '../core/client-secret.ts';
import type { ClientRegistry, RegisteredClient } from '../core/ports/client-registry.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import { err, ok, type Result } from '../core/result.ts';
import { changedClient } from './client-change.ts';
import { clientView, shownSecret } from './client-view.ts';
import { type CommandReader, InvalidCommand } from './command-reader.ts';
import type { AdminErrorCode } from './commands.ts';

export interface ClientAdministration {
  readonly registry: ClientRegistry;
  readonly randomness: Randomness;
  readonly limits: ClientLimits;
  readonly defaultResource: string;
}

export interface AdminError {
  readonly code: AdminErrorCode;
  readonly message: string;
}

export type Verb = (command: CommandReader, now: number) => Promise<Result<unknown, AdminError>>;

const conflict = (message: string) => err({ code: 'conflict', message } as const);
const invalid = (message: string) => err({ code: 'invalid_request', message } as const);
const notFound = err({
  code: 'not_found',
  message: 'there is no client of that client_id',
} as const);

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
export function clientCommands(
  ports: ClientAdministration,
): Readonly<Record<string, { readonly members: readonly string[]; readonly run: Verb }>> {
  const { registry, randomness, limits } = ports;

  return {
    'clients.create': {
      members: ['client_id', 'secret_expires_in', ...changeMembers],
      run: async (command, now) => {
        const expiresAt = expiry(command.integer('secret_expires_in'), now);
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
        const client = changedClient(blank, command, now);
        const broken = brokenClientRule(client, limits);
        if (broken !== undefined) return invalid(broken);
        if (!(await registry.create(client))) return conflict('a client of that client_id exists');
        return ok({ ...clientView(client), ...shownSecret(minted) });
      },
    },

    'clients.list': {
      members: [],
      run: async () => ok((await registry.list()).map(clientView)),
    },

    'clients.show': {
      members: ['client_id'],
      run: async (command) => {
        const found = await registry.read(idOf(command));
        return found === undefined ? notFound : ok(clientView(found.client));
      },
    },

    'clients.update': {
      members: ['client_id', ...changeMembers],
      run: (command, now) => edit(command, (client) => ok(changedClient(client, command, now))),
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
        return (await registry.remove(id)) ? ok({ client_id: id, deleted: true }) : notFound;
      },
    },

    'clients.secrets.add': {
      members: ['client_id', 'expires_in'],
      run: async (command, now) => {
        const minted = mintClientSecret(
          randomness,
          now,
          expiry(command.integer('expires_in'), now),
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

  /** Reads, changes and writes back one client; starts over when somebody else wrote in between. */
  async function edit(
    command: CommandReader,
    change: (client: Client) => Result<Client, AdminError>,
  ): Promise<Result<ReturnType<typeof clientView>, AdminError>> {
    const id = idOf(command);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const found: RegisteredClient | undefined = await registry.read(id);
      if (found === undefined) return notFound;
      const changed = change(found.client);
      if (!changed.ok) return changed;
      const broken = brokenClientRule(changed.value, limits);
      if (broken !== undefined) return invalid(broken);
      if (await registry.replace(changed.value, found.revision))
        return ok(clientView(changed.value));
    }
    return conflict('others are changing this client right now: try again');
  }
}

function required(command: CommandReader, name: string): string {
  const value = command.text(name);
  if (value === undefined || value === '') throw new InvalidCommand(`${name} is missing`);
  return value;
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

function expiry(inSeconds: number | undefined, now: number): number | undefined {
  if (inSeconds === undefined) return undefined;
  if (inSeconds < 1 || inSeconds > 315_360_000) {
    throw new InvalidCommand('a secret expires in 1 second to 10 years');
  }
  return now + inSeconds;
}
