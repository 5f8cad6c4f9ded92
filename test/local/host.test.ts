import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiGatewayV2Client, ResetAuthorizersCacheCommand } from '@aws-sdk/client-apigatewayv2';
import { afterEach, expect, test } from 'vitest';
import { type HostedWorld, type HostOptions, host } from '../../local/host.ts';
import { physicalId } from '../../local/template/physical-name.ts';
import { counterAssembly } from '../support/counter-assembly.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const worlds: HostedWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()));
});

async function hosted(directory: string, options: Partial<HostOptions> = {}): Promise<HostedWorld> {
  const world = await host(directory, { basePort: 0, ...options });
  worlds.push(world);
  return world;
}

async function count(world: HostedWorld): Promise<Record<string, unknown>> {
  const response = await fetch(`${world.urls.issuer}/oauth2/token`);
  return (await response.json()) as Record<string, unknown>;
}

test('hosts what the template says: functions know their API, the trigger ran before traffic', async () => {
  const world = await hosted(counterAssembly());
  const self = world.urls.issuer;
  expect(await count(world)).toMatchObject({ runs: '1', self, secret: 'a secret' });
  expect(world.parameters.get('/keyward/default/v1/admin-arn')).toContain('function:Counter-Admin');
  expect(() => world.urls.restApi).toThrow('restApi');
});

test('runs what a rule schedules when it is told to, and finds its APIs to empty their caches', async () => {
  const world = await hosted(counterAssembly());
  await world.fireSchedules();
  expect(await count(world)).toMatchObject({ runs: '2' });
  const client = new ApiGatewayV2Client({
    ...{ endpoint: world.urls.awsEndpoint, region: world.region, maxAttempts: 1 },
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
  });
  const call = { ApiId: physicalId('Counter', 'Api', 10), StageName: '$default' };
  const { $metadata } = await client.send(new ResetAuthorizersCacheCommand(call));
  expect($metadata.httpStatusCode).toBe(204);
  client.destroy();
});

test('refuses what the role of a function does not allow, and reports it', async () => {
  const world = await hosted(counterAssembly());
  expect(await count(world)).toMatchObject({ deleted: 400 });
  expect(JSON.stringify(world.endpoint.report())).toContain('dynamodb:DeleteItem');
});

test('keeps tables and secrets in a folder: the next run finds them', async () => {
  const dataDirectory = temporaryFolder();
  const directory = counterAssembly();
  const first = await hosted(directory, { dataDirectory });
  const { secret } = await count(first);
  await first.stop();
  const second = await hosted(directory, { dataDirectory });
  expect(await count(second)).toMatchObject({ runs: '2', secret });
});

test('a trigger that fails stops the start, as it fails a deployment', async () => {
  await expect(hosted(counterAssembly({ FAILS: '1' }))).rejects.toThrow(
    'the trigger Trigger failed: Error: no keys today',
  );
});

test('a port that is taken stops the start, names the port, and leaves no other one taken', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  try {
    // The AWS endpoint is four above the base; the issuer, at the base, was opened before it.
    const directory = counterAssembly();
    const basePort = port - 4;
    await expect(hosted(directory, { basePort })).rejects.toThrow(`port ${port} is in use`);
    const again = createServer();
    await new Promise<void>((resolve, reject) => {
      again.once('error', reject);
      again.listen(basePort, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => again.close(resolve));
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
