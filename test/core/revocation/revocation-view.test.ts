import { expect, test } from 'vitest';
import type { LogEntry } from '../../../functions/core/revocation/log-entry.ts';
import { revocationView } from '../../../functions/core/revocation/revocation-view.ts';

function viewOf(...entries: readonly (LogEntry & { readonly expiresAt: number })[]) {
  const view = revocationView();
  for (const [i, entry] of entries.entries()) view.add({ ...entry, at: 0, serial: `s${i}` });
  return view;
}

test.each([
  [100, 200],
  [200, 100],
])('what was revoked twice, until %i and until %i, is dead until the later end', (one, other) => {
  const token = { kind: 'token', id: 'j' } as const;
  const view = viewOf({ ...token, expiresAt: one }, { ...token, expiresAt: other });
  const isDead = () => view.isRevoked({ token: 'j', subject: '', key: '', issuedAt: 0 });
  view.sweep(199);
  expect(isDead()).toBe(true);
  view.sweep(200);
  expect(isDead()).toBe(false);
});

test.each([
  [100, 200],
  [200, 100],
])('of two cuts the later counts until the later end, %i or %i', (one, other) => {
  const client = { kind: 'client', id: 'orders' } as const;
  const view = viewOf(
    { ...client, cut: one, expiresAt: other },
    { ...client, cut: other, expiresAt: one },
  );
  view.sweep(199);
  expect(view.cutOf('client', 'orders')).toBe(200);
  view.sweep(200);
  expect(view.cutOf('client', 'orders')).toBe(-1);
});

test('the newest ring that was named is the newest, in whichever order they are heard of', () => {
  const ring = { kind: 'ring', expiresAt: 100 } as const;
  expect(viewOf({ ...ring, id: '10' }, { ...ring, id: '9' }).ringGeneration).toBe(10);
});
