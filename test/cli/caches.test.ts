import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AwsWorld, awsWorld } from '../local/support/aws-world.ts';
import { keyward } from '../support/command-line.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const api = {
  ...{ api_id: 'abc', kind: 'http', name: 'App/Api', stages: [] },
  ...{ revocation_lag_seconds: 60, routes: 'GET /orders' },
};
const blue = 'App/Blue/Resource';
let world: AwsWorld;

beforeAll(async () => {
  world = await awsWorld({
    parameters: new Map([
      ['/keyward/default/v1/issuer', 'https://auth.example.com'],
      ['/keyward/default/v1/apis/abc', JSON.stringify({ ...api, unnamed_stages: [blue] })],
      ['/keyward/default/v1/apis/def', JSON.stringify({ ...api, api_id: 'def', name: 'Else' })],
    ]),
  });
});
afterAll(() => world.stop());

test('a stage whose name nobody knows is not passed over in silence: a row, a line and an exit code say so', async () => {
  const args = ['caches', 'flush', '--yes', '--endpoint', world.endpoint.url];
  const outcome = await keyward(args, { folder: temporaryFolder() });
  expect(outcome.code).toBe(1);
  expect(JSON.parse(outcome.stdout)).toEqual([
    { api_id: 'abc', kind: 'http', name: 'App/Api', stage: blue, flushed: false },
  ]);
  expect(outcome.stderr).toMatch(/^keyward: App\/Api: .* App\/Blue\/Resource .*\n$/);
});
