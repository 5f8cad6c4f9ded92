import { expect, test } from 'vitest';
import { livingSecrets } from '../../../functions/core/clients/client.ts';
import { someClient } from '../../contracts/registry.ts';

test('the secrets that work are those whose end is to come, the oldest first, however they are stored', () => {
  const secret = (id: string, createdAt: number, ends = {}) => ({
    ...{ id, hash: 'A'.repeat(43), hint: 'abcd', createdAt },
    ...ends,
  });
  const secrets = [
    secret('young', 5),
    secret('over', 1, { expiresAt: 7 }),
    secret('replaced', 2, { expiresAt: 9, graceUntil: 7 }),
    secret('old', 3, { graceUntil: 8 }),
  ];
  const living = livingSecrets({ ...someClient, secrets }, 7);
  expect(living.map(({ id }) => id)).toEqual(['old', 'young']);
});
