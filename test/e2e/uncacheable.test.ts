import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/ask.ts';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';
import { newApiKey, newUser } from '../support/operator.ts';
import { apiKey, basic, type Presented } from '../support/presented.ts';
import { printedBounds } from '../support/printed-bounds.ts';
import { until } from '../support/until.ts';

let world: DemoWorld;

beforeAll(async () => {
  world = await demoWorld({}, { environmentsMax: 4, app: 'test/support/uncacheable-app.ts' });
}, 60_000);
afterAll(() => world.stop());

/** The statuses of the REST API and of the HTTP API. */
async function statuses(path: string, headers: Presented): Promise<readonly number[]> {
  const answers = await Promise.all(
    [world.restApi, world.httpApi].map((api) => ask(api, path, { headers })),
  );
  return answers.map(({ status }) => status);
}

describe('a strict route', () => {
  test('says so where the bounds are printed: nothing of what is in memory counts', () => {
    const bound = printedBounds(world.assembly);
    expect([bound('rest', 'GET /whoami'), bound('http', 'GET /whoami')]).toEqual([0, 0]);
    expect([bound('rest', 'GET /orders'), bound('http', 'GET /orders')]).toEqual([301, 301]);
  });

  test('refuses a key that was switched off or rolled at once, where others go on for as long as is printed', async () => {
    const [disabled, rolled] = await Promise.all([newApiKey(world), newApiKey(world)]);
    for (const { key } of [disabled, rolled]) {
      expect(await statuses('/orders', apiKey(key))).toEqual([200, 200]);
      expect(await statuses('/whoami', apiKey(key))).toEqual([200, 200]);
    }
    await world.admin({ command: 'api-keys.disable', key_id: disabled.keyId });
    await world.admin({ command: 'api-keys.roll', key_id: rolled.keyId, grace: 0 });
    for (const { key } of [disabled, rolled]) {
      expect(await statuses('/whoami', apiKey(key))).toEqual([401, 403]);
      // Which is what makes the line above worth something.
      expect(await statuses('/orders', apiKey(key))).toEqual([200, 200]);
    }
  });

  test.each([
    ['a person', { password: 'skate-Øre-2026' }],
    ['a program', {}],
  ])('refuses %s at once whose password was set anew, or who was switched off', async (_, kind) => {
    const [renewed, disabled] = await Promise.all([newUser(world, kind), newUser(world, kind)]);
    for (const user of [renewed, disabled]) {
      expect(await statuses('/whoami', basic(user))).toEqual([200, 200]);
    }
    const { password } = await world.admin({
      ...{ command: 'users.set-password', username: renewed.username },
    });
    await world.admin({ command: 'users.disable', username: disabled.username });
    for (const user of [renewed, disabled]) {
      expect(await statuses('/whoami', basic(user))).toEqual([401, 403]);
    }
    const now = { ...renewed, password: String(password) };
    expect(await statuses('/whoami', basic(now))).toEqual([200, 200]);
  });
});

test('a route with addresses is decided by the caller’s, for everybody alike', async () => {
  const { key } = await newApiKey(world);
  expect(await statuses('/orders/1', apiKey(key))).toEqual([200, 200]);
  expect(await statuses('/orders/export', apiKey(key))).toEqual([403, 403]);
});

test('a route with a rate refuses whoever calls too often, on either API, and nobody else', async () => {
  const [busy, other] = await Promise.all([newApiKey(world), newApiKey(world)]);
  expect(await statuses('/reports/may', apiKey(busy.key))).toEqual([200, 200]);
  // A burst of three, and one more every ten seconds.
  const answers = await until(
    () => statuses('/reports/may', apiKey(busy.key)),
    (both) => both.every((status) => status !== 200),
  );
  expect(answers).toEqual([403, 403]);
  expect(await statuses('/reports/may', apiKey(other.key))).toEqual([200, 200]);
});

test('a key that is tied to addresses is refused wherever answers are replayed, whichever route it was tried on first', async () => {
  const routes = ['/orders', '/partners/me'];
  for (const order of [routes, routes.toReversed()]) {
    const { key } = await newApiKey(world, { addresses: ['127.0.0.0/8'] });
    for (const path of [...order, ...order]) {
      expect([path, ...(await statuses(path, apiKey(key)))]).toEqual([path, 403, 403]);
    }
    // The address decides where it is looked at each time.
    expect(await statuses('/whoami', apiKey(key))).toEqual([200, 200]);
  }
});

test('the run used no permission that a role does not have, and every permission of the authorizer', () => {
  const { refused, unused } = world.hosted.endpoint.report();
  expect(refused).toEqual([]);
  const ofAuthorizer = unused
    .filter(({ logicalId }) => logicalId.startsWith('Authorizer'))
    .map(({ statement }) => JSON.stringify(statement))
    .filter((text) => !text.includes('logs:'));
  expect(ofAuthorizer).toEqual([]);
});
