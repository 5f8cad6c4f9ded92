import { type Client, clientSecretsMax, livingSecrets } from '../core/clients/client.ts';
import { mintClientSecret } from '../core/clients/client-secret.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import type { Registry } from '../core/ports/registry.ts';
import { ok } from '../core/result.ts';
import { clientView, secretView, shownSecret } from './client-view.ts';
import { required, secondsFromNow } from './command-reader.ts';
import { clientIdOf, editClient } from './edit-client.ts';
import { graceUntil } from './grace.ts';
import { rollClientSecret } from './roll-client-secret.ts';
import { conflict, notFound, type Verbs } from './verb.ts';
import type { RolledSecretView } from './views.ts';

export interface SecretAdministration {
  readonly clients: Registry<Client>;
  readonly randomness: Randomness;
}

/** What operators do with the secrets of a client. Each is one conditional write; a new secret is shown once. */
export function clientSecretCommands({ clients, randomness }: SecretAdministration): Verbs {
  return {
    'clients.secrets.add': {
      members: ['client_id', 'expires_in'],
      run: async (command, now) => {
        const minted = mintClientSecret(
          randomness,
          now,
          secondsFromNow(command, 'expires_in', now),
        );
        const added = await editClient({ clients, command, now }, (client) => {
          const living = livingSecrets(client, now);
          return living.length >= clientSecretsMax
            ? conflict(`the client has ${clientSecretsMax} secrets: revoke one first`)
            : ok({ ...client, secrets: [...living, minted.record], updatedAt: now });
        });
        return added.ok ? ok({ ...added.value, ...shownSecret(minted) }) : added;
      },
    },

    'clients.secrets.roll': {
      members: ['client_id', 'grace', 'expires_in'],
      run: async (command, now) => {
        const rolled = await rollClientSecret(
          { clients, randomness },
          {
            clientId: clientIdOf(command),
            now,
            graceUntil: graceUntil(command, now),
            expiresAt: secondsFromNow(command, 'expires_in', now),
          },
        );
        if (!rolled.ok) return rolled;
        const { client, old, successor } = rolled.value;
        const view: RolledSecretView = {
          ...clientView(client, now),
          ...shownSecret(successor),
          replaces: secretView(old, now),
        };
        return ok(view);
      },
    },

    'clients.secrets.revoke': {
      members: ['client_id', 'secret_id'],
      run: (command, now) => {
        const secretId = required(command, 'secret_id');
        return editClient({ clients, command, now }, (client) => {
          const secrets = client.secrets.filter(({ id }) => id !== secretId);
          return secrets.length === client.secrets.length
            ? notFound('the client has no secret of that secret_id')
            : ok({ ...client, secrets, updatedAt: now });
        });
      },
    },
  };
}
