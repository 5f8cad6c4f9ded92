import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type HostedWorld, host } from '../../local/host.ts';
import { portPlan } from '../../local/ports.ts';
import { readyOf, readyText } from '../../local/ready.ts';
import { edgesAssembly } from '../support/edges-assembly.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openSocket } from '../support/web-socket-client.ts';

const worlds: HostedWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()));
});

async function hosted(tlsDirectory?: string): Promise<HostedWorld> {
  const world = await host(edgesAssembly(), {
    basePort: 0,
    ...(tlsDirectory === undefined ? {} : { tlsDirectory }),
  });
  worlds.push(world);
  return world;
}

test('a function finds its WebSocket API and pushes to it, if its role lets it', async () => {
  const world = await hosted();
  const { socket, next } = await openSocket(world.urls.webSocketApi);
  socket.send('hello');
  expect([await next(), await next()]).toEqual(['pushed hello', '200']);
  socket.send('{"action":"sneak"}');
  expect(await next()).toBe('403');
  expect(world.endpoint.report().refused).toEqual([
    {
      logicalId: 'MayNot',
      action: 'execute-api:ManageConnections',
      resource: expect.stringMatching(/\/prod\/POST\/@connections\/[\w-]+=$/),
    },
  ]);
});

test('a domain lets in the client that was made for it, over a server that its authority vouches for', async () => {
  const tlsDirectory = join(temporaryFolder(), 'tls');
  const world = await hosted(tlsDirectory);
  const url = world.urls.mutualTlsApi;
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/v1$/);
  expect(await get(url, world)).toBe('CN=keyward-demo-client');
  expect(await get(url.replace('127.0.0.1', 'localhost'), world)).toBe('CN=keyward-demo-client');
  expect((await fetch(world.urls.restApi)).status).toBe(403);
  expect(dirname(world.tls?.caFile ?? '')).toBe(tlsDirectory);
  await world.stop();
  await expect(get(url, world)).rejects.toThrow('ECONNREFUSED');
  const again = await hosted(tlsDirectory);
  expect(await get(again.urls.mutualTlsApi, world)).toBe('CN=keyward-demo-client');
});

test('without a folder the certificates go with the run', async () => {
  const world = await hosted();
  const { caFile = '' } = world.tls ?? {};
  expect(existsSync(caFile)).toBe(true);
  await world.stop();
  expect(existsSync(dirname(caFile))).toBe(false);
});

test('whoever waits for the runner is told where to connect, and with what', async () => {
  const world = await hosted();
  const ready = readyOf(world, 'default', undefined);
  expect(ready).toMatchObject({
    websocket_api: world.urls.webSocketApi,
    mtls_api: world.urls.mutualTlsApi,
    ca_file: world.tls?.caFile,
    client_cert_file: world.tls?.clientCertFile,
    client_key_file: world.tls?.clientKeyFile,
  });
  expect(ready.websocket_api).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/prod$/);
  expect(readyText(ready)).toContain(`--cert '${world.tls?.clientCertFile}'`);
});

test('ports are counted from the base: each kind has its own, a second one of a kind a later one', () => {
  const api = (kind: 'http' | 'rest' | 'webSocket', isIssuer = false) => ({
    ...{ stackName: 'Main', logicalId: 'Api', kind, isIssuer },
  });
  const plan = portPlan(8787);
  const apis = [api('webSocket'), api('rest'), api('http', true), api('rest'), api('http')];
  expect(apis.map((each) => plan.forApi(each) - 8787)).toEqual([3, 1, 0, 10, 2]);
  expect([plan.forDomain(), plan.forDomain(), plan.awsEndpoint]).toEqual([8792, 8798, 8791]);
  const free = portPlan(0);
  expect([free.forApi(api('rest')), free.forDomain(), free.awsEndpoint]).toEqual([0, 0, 0]);
});

/** Body of an answer, over a handshake with the files that the runner names. */
function get(url: string, { tls }: HostedWorld): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = (file: string | undefined): string => readFileSync(file ?? '', 'utf8');
    const outgoing = request(
      url,
      {
        ...{ agent: false, ca: read(tls?.caFile) },
        ...{ cert: read(tls?.clientCertFile), key: read(tls?.clientKeyFile) },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += String(chunk);
        });
        response.on('end', () => resolve(text));
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
