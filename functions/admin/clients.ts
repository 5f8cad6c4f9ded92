import { type Client, clientAuthenticationMethods, secretUseId } from '../core/clients/client.ts';
import { brokenClientRule, type ClientLimits } from '../core/clients/client-rules.ts';
import { mintClientId, mintClientSecret } from '../core/clients/client-secret.ts';
import { hasSecretPrefix } from '../core/looks-like-secret.ts';
import type { LastUses } from '../core/ports/last-use.ts';
import { ok, type Result } from '../core/result.ts';
import { changedClient } from './client-change.ts';
import { clientSecretCommands, type SecretAdministration } from './client-secrets.ts';
import { clientView, shownSecret } from './client-view.ts';
import { type CommandReader, secondsFromNow } from './command-reader.ts';
import { type CutAdministration, cutAway } from './cut-away.ts';
import { clientIdOf, editClient, noSuchClient } from './edit-client.ts';
import { type AdminError, conflict, invalid, type Verbs } from './verb.ts';
import type { ClientView, DisabledClientView } from './views.ts';

export interface ClientAdministration extends SecretAdministration, CutAdministration {
  /** Absent: nobody notes when secrets are used. */
  readonly lastUses?: LastUses;
  readonly limits: ClientLimits;
  readonly defaultResource: string;
}

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
  'introspects',
] as const;

/** What operators do with clients: command name → its members and the verb. Each is one conditional write. */
export function clientCommands(ports: ClientAdministration): Verbs {
  const { clients, lastUses, randomness, limits } = ports;

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
        return ok({ ...clientView(client, now), ...shownSecret(minted) });
      },
    },

    'clients.list': {
      members: [],
      run: async (_command, now) => ok(await views(await clients.list(), now)),
    },

    'clients.show': {
      members: ['client_id'],
      run: async (command, now) => {
        const found = await clients.read(clientIdOf(command));
        if (found === undefined) return noSuchClient;
        const [view] = await views([found.record], now);
        return ok(view);
      },
    },

    'clients.update': {
      members: ['client_id', ...changeMembers],
      run: (command, now) =>
        editClient(
          { clients, command, now, brokenRule: (client) => brokenClientRule(client, limits) },
          (client) => ok(changedClient(client, command, now)),
        ),
    },

    'clients.disable': {
      members: ['client_id'],
      run: disable,
    },

    'clients.enable': {
      members: ['client_id'],
      run: (command, now) =>
        editClient({ clients, command, now }, (client) =>
          ok({ ...client, status: 'enabled', updatedAt: now }),
        ),
    },

    'clients.delete': {
      members: ['client_id'],
      run: async (command, now) => {
        // Its tokens die first, and it can get no more: whatever goes wrong, the record is there to begin again with.
        const disabled = await disable(command, now);
        if (!disabled.ok) return disabled;
        const { client_id, tokens_revoked_until } = disabled.value;
        return (await clients.remove(client_id))
          ? ok({ client_id, deleted: true, tokens_revoked_until })
          : noSuchClient;
      },
    },

    ...clientSecretCommands(ports),
  };

  async function views(some: readonly Client[], now: number): Promise<readonly ClientView[]> {
    const ids = some.flatMap(({ clientId, secrets }) =>
      secrets.map(({ id }) => secretUseId(clientId, id)),
    );
    const uses = await lastUses?.read(ids);
    return some.map((client) => clientView(client, now, uses));
  }

  /**
   * No new tokens, then none of the old ones. The cut lies after whatever an issuer still issues that has not heard of the
   * change. Done again, it is all done again: a cut that failed is repeated so.
   */
  async function disable(
    command: CommandReader,
    now: number,
  ): Promise<Result<DisabledClientView, AdminError>> {
    const edited = await editClient({ clients, command, now }, (client) =>
      ok({ ...client, status: 'disabled', updatedAt: now }),
    );
    if (!edited.ok) return edited;
    const { cut } = await cutAway(ports, 'client', edited.value.client_id);
    return ok({ ...edited.value, tokens_revoked_until: cut });
  }
}

function defaultResources(
  command: CommandReader,
  { defaultResource }: ClientAdministration,
): readonly string[] {
  const asked = command.text('default_resource');
  if (asked !== undefined) return [asked];
  return defaultResource === '' ? [] : [defaultResource];
}
