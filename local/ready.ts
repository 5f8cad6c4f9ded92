import type { DemoCredentials } from './demo-credentials.ts';
import type { HostedWorld } from './host.ts';
import type { ApiRole } from './hosted-urls.ts';

/** What is told when everything answers. `null` where the assembly has no such thing. */
export interface Ready {
  readonly ready: true;
  readonly issuer: string | null;
  readonly token_endpoint: string | null;
  readonly rest_api: string | null;
  readonly http_api: string | null;
  /** `ws://…/<stage>` */
  readonly websocket_api: string | null;
  /** `https://…`, where a client has to present a certificate. */
  readonly mtls_api: string | null;
  /** Files for the clients of custom domains: who vouches for these, and a certificate that they accept. */
  readonly ca_file: string | null;
  readonly client_cert_file: string | null;
  readonly client_key_file: string | null;
  readonly aws_endpoint: string;
  readonly client_id: string | null;
  readonly client_secret: string | null;
  readonly api_key: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly pid: number;
}

export function readyOf(
  world: HostedWorld,
  name: string,
  demo: DemoCredentials | undefined,
): Ready {
  const url = (role: ApiRole): string | undefined =>
    world.apis.find((api) => api.role === role)?.url;
  const issuer = url('issuer');
  return {
    ready: true,
    // Tokens carry what the deployment calls itself, which need not be where it answers.
    issuer: world.parameters.get(`/keyward/${name}/v1/issuer`) ?? issuer ?? null,
    token_endpoint: issuer === undefined ? null : `${issuer}/oauth2/token`,
    rest_api: url('restApi') ?? null,
    http_api: url('httpApi') ?? null,
    websocket_api: url('webSocketApi') ?? null,
    mtls_api: world.domains.find(({ isMutualTls }) => isMutualTls)?.url ?? null,
    ca_file: world.tls?.caFile ?? null,
    client_cert_file: world.tls?.clientCertFile ?? null,
    client_key_file: world.tls?.clientKeyFile ?? null,
    aws_endpoint: world.endpoint.url,
    client_id: demo?.client_id ?? null,
    client_secret: demo?.client_secret ?? null,
    api_key: demo?.api_key ?? null,
    username: demo?.username ?? null,
    password: demo?.password ?? null,
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
    ['WebSocket API', ready.websocket_api],
    ['mutual TLS', ready.mtls_api],
    ['CA', ready.ca_file],
    ['client certificate', ready.client_cert_file],
    ['client key', ready.client_key_file],
    ['AWS endpoint', ready.aws_endpoint],
    ['client id', ready.client_id],
    ['client secret', ready.client_secret],
    ['API key', ready.api_key],
    ['user', ready.username],
    ['password', ready.password],
  ];
  const table = rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `  ${name.padEnd(18)} ${value}`);
  const lines = [...table, ...commands(ready), ...certificateCommand(ready)];
  return ['Keyward is ready.', '', ...lines, '', 'Ctrl-C ends it.', ''].join('\n');
}

function commands(ready: Ready): readonly string[] {
  const { client_id, client_secret, token_endpoint } = ready;
  if (client_id === null || client_secret === null || token_endpoint === null) return [];
  const { rest_api, http_api, api_key, username, password } = ready;
  const apis = [rest_api, http_api].filter((url) => url !== null);
  return [
    '',
    'Get a token, and call the protected API:',
    '',
    `  TOKEN=$(curl -s -u '${client_id}:${client_secret}' -d grant_type=client_credentials \\`,
    `    ${token_endpoint} | sed -E 's/.*"access_token":"([^"]+)".*/\\1/')`,
    ...apis.map((url) => `  curl -i -H "Authorization: Bearer $TOKEN" ${url}/orders`),
    '',
    'The same with an API key, and with a user:',
    '',
    ...apis
      .slice(0, 1)
      .flatMap((url) => [
        `  curl -i -H 'Authorization: ApiKey ${api_key}' ${url}/orders`,
        `  curl -i -H 'x-api-key: ${api_key}' ${url}/whoami`,
        `  curl -i -u '${username}:${password}' ${url}/reports/monthly`,
      ]),
  ];
}

function certificateCommand(ready: Ready): readonly string[] {
  const { mtls_api, ca_file, client_cert_file, client_key_file } = ready;
  if (mtls_api === null) return [];
  return [
    '',
    'Present a client certificate:',
    '',
    `  curl -i --cacert '${ca_file}' --cert '${client_cert_file}' --key '${client_key_file}' \\`,
    `    ${mtls_api}/partners/me`,
  ];
}
