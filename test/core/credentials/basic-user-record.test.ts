import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BasicUser } from '../../../functions/core/credentials/basic-user.ts';
import { brokenUserRule } from '../../../functions/core/credentials/basic-user.ts';
import { basicUserKind } from '../../../functions/core/credentials/basic-user-record.ts';
import { recordInItem, recordKey } from '../../../functions/core/records/record-kind.ts';
import { alice, robot } from '../../support/users.ts';

const itemOf = (user: BasicUser): Record<string, unknown> => ({
  ...user,
  pk: recordKey(basicUserKind, user.username),
  v: 1,
});

describe('the record of a user', () => {
  test('is read as it was written, under its name in NFC', () => {
    const seconds = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
      .map((text) => text.normalize('NFC'))
      .filter((text) => !/[\p{Cc}:]/u.test(text) && text.isWellFormed());
    const secret = fc.constantFrom(alice.secret, robot.secret);
    fc.assert(
      fc.property(name, secret, seconds, (username, some, at) => {
        const user: BasicUser = { ...alice, username, secret: some, passwordSetAt: at };
        expect(recordInItem(basicUserKind, itemOf(user))).toEqual(user);
        expect(recordKey(basicUserKind, username)).toBe(`BU#${username}`);
        // Not every name that a request can have is one that a new user may have.
        expect(brokenUserRule(user) === undefined).toBe(!/[\p{C}\p{Zl}\p{Zp}]/u.test(username));
      }),
    );
  });

  const gigabyte = '$argon2id$v=19$m=1048576,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$'.padEnd(100, 'A');
  test.each([
    ['of a newer schema', { v: 2 }],
    ['under the key of another', { pk: 'BU#bob' }],
    ['without a name', { username: undefined }],
    ['with a name that is not in NFC', { username: 'u\u0308', pk: 'BU#u\u0308' }],
    ['with a name that no request can have', { username: 'a:b', pk: 'BU#a:b' }],
    ['without a secret', { secret: undefined }],
    ['with a secret of another kind', { secret: { kind: 'bcrypt', phc: '$2b$10$x' } }],
    ['with a hash that demands a gigabyte', { secret: { kind: 'password', phc: gigabyte } }],
    ['with a hash of another kind', { secret: { kind: 'password', hash: 'x' } }],
    ['with a digest that is none', { secret: { kind: 'generated', hash: 'x' } }],
    ['with a password set at no time', { passwordSetAt: '1' }],
    ['with a foreign status', { status: 'maybe' }],
    ['with addresses that are no list', { addresses: '192.0.2.1' }],
    ['with an end that is no time', { expiresAt: 1.5 }],
  ])('%s is broken, which is not the same as not there', (_name, change) => {
    expect(() => recordInItem(basicUserKind, { ...itemOf(alice), ...change })).toThrow(
      /^a user record/,
    );
  });

  test.each([
    ['username', { username: 'a:b' }],
    ['username', { username: '' }],
    ['username', { username: 'x'.repeat(257) }],
    ['username', { username: 'a\u0085' }],
    ['owner', { owner: 'two words' }],
    ['scope', { scope: ['a b'] }],
    ['resources', { resources: [] }],
    ['addresses', { addresses: ['192.0.2.0/33'] }],
    ['tier', { tier: 'Gold' }],
  ])('is not written with a broken %s', (member, change) => {
    expect(brokenUserRule({ ...alice, ...change })).toMatch(new RegExp(`^${member} `));
  });
});
