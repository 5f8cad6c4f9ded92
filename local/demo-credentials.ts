import { existsSync, readFileSync } from 'node:fs';
import type { HostedWorld } from './host.ts';
import { writePrivateFile } from './private-file.ts';

/** One credential of each kind, to try things out with. */
export interface DemoCredentials {
  readonly client_id: string;
  readonly client_secret: string;
  readonly api_key: string;
  readonly username: string;
  readonly password: string;
}

/** The deployment was not able to make a credential. */
class DemoFailed extends Error {
  override readonly name = 'DemoFailed';
}

const username = 'demo';

/**
 * Makes an OAuth client, an API key and a Basic user by the deployment's own admin function, and pins the client
 * certificate of this machine's development authority. `undefined` where the assembly has no admin function.
 *
 * @param file where to keep them; credentials that still exist are used again
 */
export async function demoCredentials(
  world: HostedWorld,
  name: string,
  file: string | undefined,
): Promise<DemoCredentials | undefined> {
  const admin = world.parameters.get(`/keyward/${name}/v1/admin-arn`);
  if (admin === undefined) return undefined;
  const run = (command: object) => administer(world, admin, command);
  const known = file === undefined ? undefined : readKnown(file);
  const credentials = known !== undefined && (await isThere(known, run)) ? known : await make(run);
  if (file !== undefined) writePrivateFile(file, `${JSON.stringify(credentials)}\n`);
  await pinCertificate(world, run);
  return credentials;
}

type Run = (command: object) => Promise<AdminAnswer>;

interface AdminAnswer {
  readonly ok: boolean;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code?: string };
}

async function make(run: Run): Promise<DemoCredentials> {
  const client = await made(run, {
    ...{ command: 'clients.create', name: 'demo', grant_types: ['client_credentials'] },
    scope: ['orders:read', 'orders:write', 'orders:export'],
  });
  const scope = ['orders:read', 'reports:read'];
  const key = await made(run, { command: 'api-keys.create', name: 'demo', scope });
  // A user of an earlier run has a password that nobody knows any more.
  await run({ command: 'users.delete', username });
  const user = await made(run, { command: 'users.create', username, scope: ['reports:read'] });
  return {
    client_id: String(client.client_id),
    client_secret: String(client.client_secret),
    api_key: String(key.api_key),
    username,
    password: String(user.password),
  };
}

async function made(run: Run, command: object): Promise<Readonly<Record<string, unknown>>> {
  const { ok, result, error } = await run(command);
  if (ok && result !== undefined) return result;
  throw new DemoFailed(`a demo credential was refused: ${JSON.stringify(error)}`);
}

async function isThere(known: DemoCredentials, run: Run): Promise<boolean> {
  const answers = await Promise.all([
    run({ command: 'clients.show', client_id: known.client_id }),
    run({ command: 'api-keys.show', key_id: known.api_key.split('_')[2] ?? '' }),
    run({ command: 'users.list' }),
  ]);
  const users = answers[2].result as unknown as readonly { readonly username: string }[];
  return answers.every(({ ok }) => ok) && users.some((user) => user.username === known.username);
}

async function pinCertificate(world: HostedWorld, run: Run): Promise<void> {
  if (world.tls === undefined) return;
  const certificate = readFileSync(world.tls.clientCertFile, 'utf8');
  const answer = await run({
    command: 'certificates.add',
    name: 'demo',
    owner: 'partner',
    certificate,
  });
  // Pinned by an earlier run.
  if (answer.ok || answer.error?.code === 'conflict') return;
  throw new DemoFailed(`the demo certificate was refused: ${JSON.stringify(answer.error)}`);
}

async function administer(
  world: HostedWorld,
  functionArn: string,
  command: object,
): Promise<AdminAnswer> {
  const payload = JSON.stringify(command);
  const result = await world.functions.invoke(functionArn, payload, { service: null });
  if (result.kind === 'answer') return JSON.parse(result.payload) as AdminAnswer;
  throw new DemoFailed(
    `the admin function failed: ${result.kind === 'refused' ? result.reason : result.errorMessage}`,
  );
}

function readKnown(file: string): DemoCredentials | undefined {
  if (!existsSync(file)) return undefined;
  const known = JSON.parse(readFileSync(file, 'utf8')) as Partial<DemoCredentials>;
  const { client_id, client_secret, api_key, password } = known;
  const isWhole = [client_id, client_secret, api_key, known.username, password].every(
    (value) => typeof value === 'string',
  );
  return isWhole ? (known as DemoCredentials) : undefined;
}
