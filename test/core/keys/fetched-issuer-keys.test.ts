import { expect, test } from 'vitest';
import { fetchedIssuerKeys } from '../../../functions/core/keys/fetched-issuer-keys.ts';
import { ring } from '../../support/ring.ts';

const rsaKeys = ring.keys.filter(({ alg }) => alg === 'RS256').map((key) => key.public);
const [first, second] = rsaKeys;
if (first === undefined || second === undefined) throw new Error('the ring has two RSA keys');

function world(maxAgeSeconds?: number) {
  const state = { keys: [first] as unknown[], fetches: 0, isDown: false };
  const keys = fetchedIssuerKeys(
    {
      fetch: async () => {
        state.fetches += 1;
        await new Promise((resolve) => setImmediate(resolve));
        if (state.isDown) throw new Error('down');
        const text = JSON.stringify({ keys: state.keys });
        return maxAgeSeconds === undefined ? { text } : { text, maxAgeSeconds };
      },
    },
    'https://id.example/jwks',
    ['RS256'],
  );
  return { state, keys };
}

test.each([
  [undefined, 600],
  [10, 60],
  [300, 300],
  [86_400, 3_600],
])('a set with max-age %s is used for %d seconds, for known keys too', async (maxAge, fresh) => {
  const { state, keys } = world(maxAge);
  expect(await keys.find(first.kid, 1_000)).toBeDefined();
  state.keys = [second];
  expect(await keys.find(first.kid, 999 + fresh)).toBeDefined();
  expect(state.fetches).toBe(1);
  expect(await keys.find(first.kid, 1_000 + fresh)).toBeUndefined();
});

test('a new key is found at once, and one fetch serves all who wait for it', async () => {
  const { state, keys } = world();
  await keys.find(first.kid, 1_000);
  state.keys = [first, second];
  const found = await Promise.all(Array.from({ length: 10 }, () => keys.find(second.kid, 1_001)));
  expect(found.every((key) => key?.kid === second.kid)).toBe(true);
  expect(state.fetches).toBe(2);
});

test('an unknown kid is remembered for 30 seconds; all of them share one fetch in five', async () => {
  const { state, keys } = world();
  await keys.find(first.kid, 1_000);
  for (let i = 0; i < 5; i += 1) expect(await keys.find('nobody', 1_001)).toBeUndefined();
  expect(state.fetches).toBe(2);
  for (let i = 0; i < 100; i += 1) await keys.find(`k${i}`, 1_005);
  expect(state.fetches).toBe(2);
  for (let i = 0; i < 100; i += 1) await keys.find(`k${i}`, 1_006);
  expect(state.fetches).toBe(3);
  await keys.find('nobody', 1_030);
  expect(state.fetches).toBe(3);
  await keys.find('nobody', 1_031);
  expect(state.fetches).toBe(4);
});

test('a set that was fetched for this very request is not fetched again for its kid', async () => {
  const { state, keys } = world();
  expect(await keys.find('nobody', 1_000)).toBeUndefined();
  expect(state.fetches).toBe(1);
  expect(await keys.find('nobody', 1_600)).toBeUndefined();
  expect(state.fetches).toBe(2);
});

test('while no fetch succeeds, an unknown kid is neither there nor not, and one fetch is tried in five seconds', async () => {
  const { state, keys } = world();
  await keys.find(first.kid, 1_000);
  state.isDown = true;
  for (let i = 0; i < 40; i += 1) {
    await expect(keys.find(`k${i}`, 1_001)).rejects.toThrow('unavailable');
  }
  expect(state.fetches).toBe(2);
  await expect(keys.find('k1', 1_006)).rejects.toThrow('unavailable');
  expect(state.fetches).toBe(3);
  state.isDown = false;
  expect(await keys.find('k1', 1_011)).toBeUndefined();
  expect(await keys.find(first.kid, 1_011)).toBeDefined();
});

test('a set that cannot be fetched again is used for a day, and then nobody can tell', async () => {
  const { state, keys } = world();
  await keys.find(first.kid, 1_000);
  state.isDown = true;
  expect(await keys.find(first.kid, 1_000 + 86_399)).toBeDefined();
  await expect(keys.find(first.kid, 1_000 + 86_400)).rejects.toThrow('unavailable');
  await expect(keys.find('new', 50_000)).rejects.toThrow('unavailable');
});

test('keys that are not for us are passed over, and of two with one kid neither is used', async () => {
  const { state, keys } = world();
  const ec = ring.keys.find(({ alg }) => alg === 'ES256')?.public;
  state.keys = [
    first,
    { ...second, kid: 'twice' },
    { ...first, kid: 'twice' },
    ec,
    null,
    'x',
    { kty: 'oct', kid: 'o', k: 'AA' },
  ];
  expect(await keys.find(first.kid, 1_000)).toBeDefined();
  expect(await keys.find('twice', 1_000)).toBeUndefined();
  expect(await keys.find(ec?.kid ?? '', 1_000)).toBeUndefined();
});

test.each(['[]', '{}', '{"keys":{}}', 'x', `{"keys":[${Array(101).fill('{}').join(',')}]}`])(
  '%.20s is no key set: unavailable, not "no such key"',
  async (text) => {
    const keys = fetchedIssuerKeys({ fetch: async () => ({ text }) }, 'https://id.example/jwks', [
      'RS256',
    ]);
    await expect(keys.find('k', 1)).rejects.toThrow('unavailable');
  },
);
