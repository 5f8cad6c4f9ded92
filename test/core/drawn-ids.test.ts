import { expect, test } from 'vitest';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { drawnIds } from '../../functions/core/drawn-ids.ts';
import { gate } from '../support/gate.ts';
import { bearerToken } from '../support/tokens.ts';
import { basic, clientCredentials, world } from '../support/world.ts';

test('every decision has an id of its own, the same in the answer and in the record', async () => {
  const { rest, last } = gate();
  const bearer = bearerToken();
  const ids = new Set<unknown>();
  for (let i = 0; i < 600; i += 1) {
    const { context } = await rest(bearer);
    expect(context?.dec).toBe(last().decisionId);
    ids.add(context?.dec);
  }
  expect(ids.size).toBe(600);
});

test('every token has an id of its own, the same in the token and in the record', async () => {
  const { token, audit } = world();
  const ids = new Set<string>();
  for (let i = 0; i < 600; i += 1) {
    const { body } = await token({ headers: basic(), body: clientCredentials });
    const [, payload = ''] = String(body.access_token).split('.');
    const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    expect(audit.at(-1)).toMatchObject({ event: 'token_issued', jti });
    ids.add(jti);
  }
  expect(ids.size).toBe(600);
});

test.each([16, 22])(
  'an id of %d characters has 6 random bits in each, used for nothing else',
  (characters) => {
    const drawn: Uint8Array[] = [];
    const next = drawnIds(
      {
        bytes(count) {
          const bytes = systemRandomness.bytes(count);
          drawn.push(bytes);
          return bytes;
        },
      },
      characters,
    );
    const ids = Array.from({ length: 600 }, next);
    const form = new RegExp(`^[\\w-]{${characters}}$`);
    expect(ids.every((id) => form.test(id))).toBe(true);
    const all = Buffer.concat(drawn).toString('base64url');
    expect(ids.join('')).toBe(all.slice(0, 600 * characters));
  },
);
