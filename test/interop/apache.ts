/**
 * mod_auth_openidc and mod_oauth2, unmodified, as resource servers that introspect our tokens (RFC 7662) on the hosted
 * template. Prints one line per check; ends with 1 when one fails.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleAll } from '../../infra/bundle.ts';
import { newAuthority } from '../../local/tls/certificate-authority.ts';
import { demoWorld } from '../support/demo-world.ts';
import { newApiKey } from '../support/operator.ts';

const audience = 'https://orders.example.com';
const modules = '/usr/lib/apache2/modules';
const port = 18_790;
let failures = 0;

function check(name: string, holds: boolean): void {
  if (!holds) failures += 1;
  process.stdout.write(`${holds ? 'ok  ' : 'FAIL'} ${name}\n`);
}

await bundleAll();
const world = await demoWorld();
const folder = mkdtempSync(join(tmpdir(), 'keyward-apache-'));
chmodSync(folder, 0o755);
const tls = await tlsFront(world.issuer);
const server = await world.admin({
  ...{ command: 'clients.create', name: 'apache', grant_types: ['client_credentials'] },
  ...{ scope: [], introspects: [audience] },
});
const httpd = apache(String(server.client_id), String(server.client_secret));
try {
  await answering();
  for (const path of ['/openidc', '/oauth2']) await checks(path);
} finally {
  httpd.kill('SIGTERM');
  await new Promise((resolve) => httpd.once('exit', resolve));
  tls.close();
  await world.stop();
  if (failures > 0) process.stderr.write(readFileSync(join(folder, 'error.log'), 'utf8'));
  rmSync(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;

async function checks(path: string): Promise<void> {
  const token = await world.token('orders:read');
  const tampered = `${token.slice(0, -3)}${token.endsWith('AAA') ? 'BBB' : 'AAA'}`;
  const elsewhere = await world.admin({
    ...{ command: 'clients.create', name: 'elsewhere', grant_types: ['client_credentials'] },
    ...{ scope: ['orders:read'], resources: ['https://other.example.com'] },
  });
  const foreign = await world.token('orders:read', {
    clientId: String(elsewhere.client_id),
    clientSecret: String(elsewhere.client_secret),
  });
  const { key } = await newApiKey(world, { scope: ['orders:read'] });
  check(`${path}: a good token is let in`, (await statusOf(path, token)) === 200);
  check(`${path}: no token is not`, (await statusOf(path)) === 401);
  check(`${path}: a tampered one is not`, (await statusOf(path, tampered)) === 401);
  check(`${path}: one for another API is not`, (await statusOf(path, foreign)) === 401);
  check(`${path}: an API key is let in as a token`, (await statusOf(path, key)) === 200);
  check(`${path}: once more, before it is revoked`, (await statusOf(path, token)) === 200);
  await revoke(token);
  // Both modules keep an answer for a second here.
  await sleep(2_100);
  check(`${path}: a revoked one is not let in any more`, (await statusOf(path, token)) === 401);
}

async function revoke(token: string): Promise<void> {
  const pair = Buffer.from(`${world.clientId}:${world.clientSecret}`).toString('base64');
  const response = await fetch(`${world.issuer}/oauth2/revoke`, {
    method: 'POST',
    headers: { authorization: `Basic ${pair}` },
    body: new URLSearchParams({ token }),
  });
  if (response.status !== 200) throw new Error(`not revoked: ${response.status}`);
}

async function statusOf(path: string, token?: string): Promise<number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch(`http://127.0.0.1:${port}${path}/`, { headers })).status;
}

async function answering(): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      await statusOf('/openidc');
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error('Apache does not answer');
}

/** Apache with one folder for each module. mod_auth_openidc asks over TLS only. */
function apache(id: string, secret: string) {
  for (const path of ['openidc', 'oauth2']) {
    mkdirSync(join(folder, 'www', path), { recursive: true });
    writeFileSync(join(folder, 'www', path, 'index.html'), path);
  }
  const load = [
    ...['mpm_event', 'authz_core', 'authz_user', 'authn_core', 'dir', 'auth_openidc', 'oauth2'],
  ].map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`);
  const verify = [
    ...['introspect.ssl_verify=false', 'introspect.auth=client_secret_basic'],
    ...[`client_id=${id}`, `client_secret=${secret}`, 'expiry=1', 'introspect.expiry=1'],
  ].join('&');
  writeFileSync(
    join(folder, 'httpd.conf'),
    [
      ...load,
      ...['User www-data', 'Group www-data', `PidFile ${folder}/httpd.pid`, 'ServerName localhost'],
      ...[`Listen 127.0.0.1:${port}`, `ErrorLog ${folder}/error.log`, 'LogLevel warn'],
      ...[`DefaultRuntimeDir ${folder}`, `DocumentRoot ${folder}/www`, 'DirectoryIndex index.html'],
      ...[`OIDCOAuthClientID ${id}`, `OIDCOAuthClientSecret ${secret}`],
      `OIDCOAuthIntrospectionEndpoint https://localhost:${tls.port}/oauth2/introspect`,
      ...[
        'OIDCOAuthIntrospectionEndpointAuth client_secret_basic',
        'OIDCOAuthSSLValidateServer Off',
      ],
      'OIDCOAuthTokenIntrospectionInterval 1',
      ...['<Location /openidc>', 'AuthType oauth20', 'Require valid-user', '</Location>'],
      '<Location /oauth2>',
      'AuthType oauth2',
      `OAuth2TokenVerify introspect ${world.issuer}/oauth2/introspect ${verify}`,
      ...['Require valid-user', '</Location>', ''],
    ].join('\n'),
  );
  const args = ['-d', folder, '-f', join(folder, 'httpd.conf'), '-DFOREGROUND'];
  return spawn('/usr/sbin/apache2', args, { stdio: 'inherit' });
}

/** TLS in front of the issuer, on a port of its own. */
async function tlsFront(issuer: string): Promise<{ readonly port: number; close(): void }> {
  const authority = await newAuthority('Test CA');
  const { certificatePem: cert, privateKeyPem: key } = await authority.issue({
    ...{ commonName: 'localhost', usage: 'server', sans: { dns: ['localhost'] } },
  });
  const front = createServer({ cert, key }, (request, response) => {
    const { method, headers, url = '/' } = request;
    const onward = httpRequest(new URL(url, issuer), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const { port: taken } = front.address() as AddressInfo;
  return {
    port: taken,
    close() {
      front.close();
      front.closeAllConnections();
    },
  };
}
