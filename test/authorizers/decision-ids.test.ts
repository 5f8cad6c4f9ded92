import { expect, test } from 'vitest';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { decisionIds } from '../../functions/authorizers/decision-ids.ts';
import { gate } from '../support/gate.ts';
import { bearerToken } from '../support/tokens.ts';

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

test('an id is 96 random bits that are used for nothing else', () => {
  const drawn: Uint8Array[] = [];
  const next = decisionIds({
    bytes(count) {
      const bytes = systemRandomness.bytes(count);
      drawn.push(bytes);
      return bytes;
    },
  });
  const ids = Array.from({ length: 600 }, next);
  expect(ids.every((id) => /^[\w-]{16}$/.test(id))).toBe(true);
  const used = Buffer.concat(ids.map((id) => Buffer.from(id, 'base64url')));
  expect(used).toEqual(Buffer.concat(drawn).subarray(0, 600 * 12));
});
