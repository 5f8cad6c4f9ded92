import { existsSync, readFileSync } from 'node:fs';
import type { HostedWorld } from './host.ts';
import { writePrivateFile } from './private-file.ts';

export interface DemoClient {
  readonly client_id: string;
  readonly client_secret: string;
}

/** The deployment was not able to make a client. */
class DemoFailed extends Error {
  override readonly name = 'DemoFailed';
}

const scope = ['orders:read', 'orders:write'];

/**
 * Credentials to try things out with, made by the deployment's own admin function. `undefined` where the assembly
 * has none.
 * @param file where to keep them; a client that still exists is used again
 */
export async function demoClient(
  world: HostedWorld,
  name: string,
  file: string | undefined,
): Promise<DemoClient | undefined> {
  const admin = world.parameters.get(`/keyward/${name}/v1/admin-arn`);
  if (admin === undefined) return undefined;
  const known = file === undefined ? undefined : readKnown(file);
  if (known !== undefined) {
    const shown = { command: 'clients.show', client_id: known.client_id };
    if ((await administer(world, admin, shown)).ok) return known;
  }
  const answer = await administer(world, admin, {
    ...{ command: 'clients.create', name: 'demo', grant_types: ['client_credentials'], scope },
  });
  const { client_id, client_secret } = answer.result ?? {};
  if (!answer.ok || client_id === undefined || client_secret === undefined) {
    throw new DemoFailed(`the demo client was refused: ${JSON.stringify(answer.error)}`);
  }
  const client = { client_id, client_secret };
  if (file !== undefined) writePrivateFile(file, `${JSON.stringify(client)}\n`);
  return client;
}

interface AdminAnswer {
  readonly ok: boolean;
  readonly result?: Partial<DemoClient>;
  readonly error?: unknown;
}

async function administer(
  world: HostedWorld,
  functionArn: string,
  command: unknown,
): Promise<AdminAnswer> {
  const payload = JSON.stringify(command);
  const result = await world.functions.invoke(functionArn, payload, { service: null });
  if (result.kind === 'answer') return JSON.parse(result.payload) as AdminAnswer;
  throw new DemoFailed(
    `the admin function failed: ${result.kind === 'refused' ? result.reason : result.errorMessage}`,
  );
}

function readKnown(file: string): DemoClient | undefined {
  if (!existsSync(file)) return undefined;
  const { client_id, client_secret } = JSON.parse(
    readFileSync(file, 'utf8'),
  ) as Partial<DemoClient>;
  if (client_id === undefined || client_secret === undefined) return undefined;
  return { client_id, client_secret };
}
