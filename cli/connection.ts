import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from './failure.ts';

export interface ConnectionOptions {
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly deployment: string;
}

/** What the running local instance wrote down for us. */
export interface LocalInstance {
  readonly aws_endpoint: string;
  readonly region: string;
  readonly client_id?: string;
  readonly client_secret?: string;
}

/** Where the AWS calls of this command go. */
export interface Connection {
  /** Configuration for every SDK client. */
  readonly client: {
    readonly endpoint?: string;
    readonly region?: string;
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  /** The deployment's name: `/keyward/<name>/v1/…`. */
  readonly name: string;
  readonly local?: LocalInstance;
}

/** A local endpoint never gets to see a real credential. */
const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/**
 * Decides whom to talk to: `--endpoint`, then the account of an explicit `--profile` or `--region`, then the local
 * instance that `.keyward/local.json` in this folder or above names, then the account of the environment.
 */
export function connect(options: ConnectionOptions): Connection {
  const name = options.deployment;
  const local = findLocal(process.cwd());
  if (options.endpoint !== undefined) {
    const endpoint = loopback(options.endpoint, '--endpoint');
    const region = options.region ?? local?.region ?? 'us-east-1';
    const client = { endpoint, region, credentials: localCredentials, maxAttempts: 2 };
    return local?.aws_endpoint === endpoint ? { client, name, local } : { client, name };
  }
  if (options.profile !== undefined) process.env.AWS_PROFILE = options.profile;
  if (options.profile !== undefined || options.region !== undefined || local === undefined) {
    const { region } = options;
    return { client: { ...(region === undefined ? {} : { region }), maxAttempts: 3 }, name };
  }
  const endpoint = loopback(local.aws_endpoint, '.keyward/local.json');
  return {
    client: { endpoint, region: local.region, credentials: localCredentials, maxAttempts: 2 },
    name,
    local,
  };
}

function findLocal(from: string): LocalInstance | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, '.keyward', 'local.json');
    if (existsSync(file)) {
      try {
        return JSON.parse(readFileSync(file, 'utf8')) as LocalInstance;
      } catch {
        throw new Failure('failed', `${file} is not readable: restart the local instance`);
      }
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function loopback(url: string, where: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(parsed?.hostname ?? '');
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || !isLoopback) {
    throw new Failure(
      'usage',
      `${where} must be a URL on this machine, such as http://127.0.0.1:8791`,
    );
  }
  return parsed.origin;
}
