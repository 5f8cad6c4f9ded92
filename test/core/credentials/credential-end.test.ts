import { expect, test } from 'vitest';
import { endOfCredential } from '../../../functions/core/credentials/credential-end.ts';

test.each([
  [{}, undefined],
  [{ expiresAt: 5 }, 5],
  [{ graceUntil: 7 }, 7],
  [{ expiresAt: 5, graceUntil: 7 }, 5],
  [{ expiresAt: 9, graceUntil: 7 }, 7],
])('a credential with %j ends at %s', (credential, end) => {
  expect(endOfCredential(credential)).toBe(end);
});
