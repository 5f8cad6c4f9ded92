import type { ClientCredentials, DemoWorld } from './demo-world.ts';

/** What an operator says of a new credential: scope, tier, addresses and the like. */
type Members = Readonly<Record<string, unknown>>;

export interface MadeApiKey {
  readonly keyId: string;
  readonly key: string;
}

export interface MadeUser {
  readonly username: string;
  readonly password: string;
}

let made = 0;

/** A text that no other call in this process gets. */
export function unique(name: string): string {
  made += 1;
  return `${name}-${made}`;
}

export async function newApiKey(world: DemoWorld, members: Members = {}): Promise<MadeApiKey> {
  const { key_id, api_key } = await world.admin({
    ...{ command: 'api-keys.create', name: unique('key') },
    ...members,
  });
  return { keyId: String(key_id), key: String(api_key) };
}

/** A program with a password that was drawn; a person where `password` is among the members. */
export async function newUser(world: DemoWorld, members: Members = {}): Promise<MadeUser> {
  const username = unique('user');
  const { password } = await world.admin({ command: 'users.create', username, ...members });
  return { username, password: String(password ?? members.password) };
}

/** An OAuth client that may ask for this scope. */
export async function newClient(
  world: DemoWorld,
  scope: readonly string[],
  members: Members = {},
): Promise<ClientCredentials> {
  const { client_id, client_secret } = await world.admin({
    ...{ command: 'clients.create', name: unique('client'), scope },
    grant_types: ['client_credentials'],
    ...members,
  });
  return { clientId: String(client_id), clientSecret: String(client_secret) };
}
