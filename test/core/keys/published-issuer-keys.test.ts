import { describe, expect, test } from 'vitest';
import { publishedIssuerKeys } from '../../../functions/core/keys/published-issuer-keys.ts';
import { publishedKeys } from '../../support/gate.ts';
import { ring } from '../../support/ring.ts';

const now = 1_800_000_000;
const [leaked, other] = ring.keys.filter(({ state }) => state === 'active');
if (leaked === undefined || other === undefined) throw new Error('the ring has two active keys');

function keys() {
  const mark = { id: leaked?.kid ?? '', use: 'sig', revokedAt: now, generation: 3 } as const;
  const set = { v: 1, generation: 3, revision: 2, keys: publishedKeys(), revoked: [mark] } as const;
  return publishedIssuerKeys({ read: async () => set }, 300);
}

describe('a key that was revoked while it signed, and that no rotation has taken out', () => {
  test('is trusted for a minute, in which another one takes its place and the log names it', async () => {
    expect(await keys().find(leaked.kid, now + 59)).toMatchObject({ kid: leaked.kid });
  });

  test.each([60, 3_600, 86_400 * 30])(
    'is trusted no more %i seconds later, although the log forgets it',
    async (seconds) => {
      expect(await keys().find(leaked.kid, now + seconds)).toBeUndefined();
      expect(await keys().find(other.kid, now + seconds)).toMatchObject({ kid: other.kid });
    },
  );
});
