import type { Command } from 'commander';
import type { Connection } from './connection.ts';
import { fact } from './deployment.ts';
import { Failure } from './failure.ts';
import { collect, globals } from './globals.ts';
import { print } from './output.ts';
import { readText } from './read-text.ts';

interface TokenOptions {
  readonly client?: string;
  readonly secretFile?: string;
  readonly scope?: readonly string[];
  readonly resource?: readonly string[];
  readonly raw?: boolean;
}

/** `keyward token …` */
export function tokenCommand(program: Command): void {
  const token = program
    .command('token')
    .description('get a token (client credentials), or look into one')
    .option('--client <client_id>', 'whose; the demo client of a local instance if left out')
    .option('--secret-file <file>', 'where its secret is, - for stdin; else KEYWARD_CLIENT_SECRET')
    .option('--scope <scope>', 'what to ask for; repeatable', collect)
    .option('--resource <uri>', 'for which API; repeatable', collect)
    .option('--raw', 'print the access token alone')
    .action(async (options: TokenOptions, command: Command) => {
      const { connection, format } = globals(command);
      const answer = await getToken(connection, options);
      if (options.raw) process.stdout.write(`${answer.access_token}\n`);
      else print(answer, format);
    });

  token
    .command('inspect [token]')
    .description('header, claims, and whether the deployment signed it; - or nothing: from stdin')
    .action(async (text: string | undefined, _options, command: Command) => {
      const { connection, format } = globals(command);
      print(await inspect(connection, text), format);
    });
}

async function getToken(
  connection: Connection,
  options: TokenOptions,
): Promise<{ readonly access_token: string }> {
  const { local } = connection;
  const clientId = options.client ?? local?.client_id;
  if (clientId === undefined) throw new Failure('usage', 'name the client: --client ID');
  const secret = secretOf(clientId, options, connection);
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  if (options.scope !== undefined) body.set('scope', options.scope.join(' '));
  for (const resource of options.resource ?? []) body.append('resource', resource);
  const credential = [clientId, secret].map(encodeURIComponent).join(':');
  const response = await request(await fact(connection, 'token-endpoint'), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credential).toString('base64')}` },
    body,
  });
  const answer = (await response.json()) as Record<string, string>;
  if (response.ok && answer.access_token !== undefined) {
    return { ...answer, access_token: answer.access_token };
  }
  const kind =
    response.status === 401 ? 'notAllowed' : response.status >= 500 ? 'unreachable' : 'failed';
  throw new Failure(
    kind,
    `${answer.error ?? response.status}: ${answer.error_description ?? 'no reason given'}`,
  );
}

function secretOf(clientId: string, options: TokenOptions, connection: Connection): string {
  if (options.secretFile !== undefined) return readText(options.secretFile);
  const fromEnvironment = process.env.KEYWARD_CLIENT_SECRET;
  if (fromEnvironment) return fromEnvironment;
  const { local } = connection;
  if (local?.client_id === clientId && local.client_secret !== undefined)
    return local.client_secret;
  throw new Failure(
    'usage',
    'give the secret: --secret-file FILE (- for stdin) or KEYWARD_CLIENT_SECRET',
  );
}

async function inspect(connection: Connection, argument: string | undefined): Promise<unknown> {
  const text = argument === undefined || argument === '-' ? readText('-') : argument.trim();
  const { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } = await import('jose');
  let header: ReturnType<typeof decodeProtectedHeader>;
  let claims: ReturnType<typeof decodeJwt>;
  try {
    header = decodeProtectedHeader(text);
    claims = decodeJwt(text);
  } catch {
    throw new Failure('failed', 'this is not a JWT');
  }
  const response = await request(await fact(connection, 'jwks-uri'));
  const keys = createLocalJWKSet(
    (await response.json()) as Parameters<typeof createLocalJWKSet>[0],
  );
  let verdict = 'valid';
  try {
    await jwtVerify(text, keys, { issuer: await fact(connection, 'issuer') });
  } catch (cause) {
    verdict = cause instanceof Error && 'code' in cause ? String(cause.code) : 'not valid';
  }
  return { verdict, header, claims };
}

async function request(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(15_000) });
  } catch {
    throw new Failure('unreachable', `cannot reach ${url}`);
  }
}
