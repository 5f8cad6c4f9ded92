import type { DemoClient } from './demo-client.ts';
import type { HostedApi, HostedWorld } from './host.ts';

/** What is told when everything answers. `null` where the assembly has no such thing. */
export interface Ready {
  readonly ready: true;
  readonly issuer: string | null;
  readonly token_endpoint: string | null;
  readonly rest_api: string | null;
  readonly http_api: string | null;
  readonly aws_endpoint: string;
  readonly client_id: string | null;
  readonly client_secret: string | null;
  readonly pid: number;
}

export function readyOf(world: HostedWorld, name: string, client: DemoClient | undefined): Ready {
  const url = (role: HostedApi['role']): string | undefined =>
    world.apis.find((api) => api.role === role)?.url;
  const issuer = url('issuer');
  return {
    ready: true,
    // Tokens carry what the deployment calls itself, which need not be where it answers.
    issuer: world.parameters.get(`/keyward/${name}/v1/issuer`) ?? issuer ?? null,
    token_endpoint: issuer === undefined ? null : `${issuer}/oauth2/token`,
    rest_api: url('restApi') ?? null,
    http_api: url('httpApi') ?? null,
    aws_endpoint: world.endpoint.url,
    client_id: client?.client_id ?? null,
    client_secret: client?.client_secret ?? null,
    pid: process.pid,
  };
}

/** The same for a person, with lines to paste. */
export function readyText(ready: Ready): string {
  const rows: readonly (readonly [string, string | null])[] = [
    ['issuer', ready.issuer],
    ['token endpoint', ready.token_endpoint],
    ['Orders API (REST)', ready.rest_api],
    ['Orders API (HTTP)', ready.http_api],
    ['AWS endpoint', ready.aws_endpoint],
    ['client id', ready.client_id],
    ['client secret', ready.client_secret],
  ];
  const table = rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `  ${name.padEnd(18)} ${value}`);
  return ['Keyward is ready.', '', ...table, ...commands(ready), '', 'Ctrl-C ends it.', ''].join(
    '\n',
  );
}

function commands(ready: Ready): readonly string[] {
  const { client_id, client_secret, token_endpoint } = ready;
  if (client_id === null || client_secret === null || token_endpoint === null) return [];
  return [
    '',
    'Get a token, and call the protected API:',
    '',
    `  TOKEN=$(curl -s -u '${client_id}:${client_secret}' -d grant_type=client_credentials \\`,
    `    ${token_endpoint} | sed -E 's/.*"access_token":"([^"]+)".*/\\1/')`,
    ...[ready.rest_api, ready.http_api]
      .filter((url) => url !== null)
      .map((url) => `  curl -i -H "Authorization: Bearer $TOKEN" ${url}/orders`),
  ];
}
