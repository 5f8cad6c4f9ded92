import type { Client } from '../core/clients/client.ts';
import type { Registry } from '../core/ports/registry.ts';
import { ok, type Result } from '../core/result.ts';
import { clientView } from './client-view.ts';
import { type CommandReader, required } from './command-reader.ts';
import { editRecord } from './edit-record.ts';
import { type AdminError, notFound, type Refused } from './verb.ts';
import type { ClientView } from './views.ts';

export interface ClientEdit {
  readonly clients: Registry<Client>;
  readonly command: CommandReader;
  readonly now: number;
  /** A client that breaks a rule which is younger than itself can be switched off, and its secrets replaced. @default none */
  readonly brokenRule?: (client: Client) => string | undefined;
}

export const noSuchClient: Refused = notFound('there is no client of that client_id');

/** Changes the client that a command names, and shows it as it is then. */
export async function editClient(
  { clients, command, now, brokenRule = () => undefined }: ClientEdit,
  change: (client: Client) => Result<Client, AdminError>,
): Promise<Result<ClientView, AdminError>> {
  const edited = await editRecord(clients, clientIdOf(command), change, {
    brokenRule,
    missing: noSuchClient,
  });
  return edited.ok ? ok(clientView(edited.value, now)) : edited;
}

export function clientIdOf(command: CommandReader): string {
  return required(command, 'client_id');
}
