import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isPassword,
  isUsername,
  parseUserCredential,
} from '../../../functions/core/credentials/user-credential.ts';

const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const half = (bytesMax: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((text) => !/\p{Cc}/u.test(text) && text.isWellFormed())
    .filter((text) => Buffer.byteLength(text.normalize('NFC')) <= bytesMax);
const name = half(256).filter((text) => !text.includes(':'));

describe('the credential of a user (RFC 7617 §2)', () => {
  test('is read as it was sent, in NFC, for any name and password', () => {
    fc.assert(
      fc.property(name, half(1_024), (username, password) => {
        const expected = {
          username: username.normalize('NFC'),
          password: password.normalize('NFC'),
        };
        for (const form of ['NFC', 'NFD'] as const) {
          const sent = `${username.normalize(form)}:${password.normalize(form)}`;
          expect(parseUserCredential(encode(sent))).toEqual(expected);
        }
        expect([isUsername(expected.username), isPassword(expected.password)]).toEqual([
          true,
          true,
        ]);
      }),
    );
  });

  test('whatever is sent, it is refused or within bounds', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))
        .map(([a, b]) => Buffer.from(`${a}:${b}`, 'utf8')),
    );
    fc.assert(
      fc.property(bytes, (some) => {
        const credential = parseUserCredential(Buffer.from(some).toString('base64'));
        if (credential === undefined) return;
        const { username, password } = credential;
        expect(isUsername(username)).toBe(true);
        expect(username).not.toContain(':');
        for (const text of [username, password]) {
          const isControl = (code: number) => code < 0x20 || (code >= 0x7f && code < 0xa0);
          expect([...text].some((one) => isControl(one.codePointAt(0) ?? 0))).toBe(false);
          expect(text.normalize('NFC')).toBe(text);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('is split at the first colon', () => {
    expect(parseUserCredential(encode('a:b:c'))).toEqual({ username: 'a', password: 'b:c' });
  });

  test('is not form-decoded: that is the token endpoint', () => {
    expect(parseUserCredential(encode('a%41+b:%63+d'))).toEqual({
      username: 'a%41+b',
      password: '%63+d',
    });
  });

  test('composed and decomposed letters are the same name and the same password', () => {
    expect(parseUserCredential(encode('jo\u0308rg:u\u0308ber'))).toEqual({
      username: 'jörg',
      password: 'über',
    });
  });

  test.each([
    [256, 1_024, true],
    [257, 1_024, false],
    [256, 1_025, false],
  ])('a name of %i bytes and a password of %i: %s', (nameBytes, passwordBytes, isFine) => {
    // Two bytes each in NFC, three when they are sent.
    const text = (bytes: number) => `${'o\u0308'.repeat(bytes >> 1)}${'x'.repeat(bytes % 2)}`;
    const sent = encode(`${text(nameBytes)}:${text(passwordBytes)}`);
    expect(parseUserCredential(sent) !== undefined).toBe(isFine);
  });

  test.each([
    ['no colon', encode('ab')],
    ['an empty name', encode(':b')],
    ['an empty password', encode('a:')],
    ['nothing', ''],
    ['base64url', encode('a:???>').replace(/[/+]/g, '-')],
    ['missing padding', encode('a:bc').replace(/=+$/, '')],
    ['unused trailing bits', 'YTpiMR=='],
    ['too much padding', `${encode('a:b')}=`],
    ['white space inside', `${encode('abc:def').slice(0, 4)} ${encode('abc:def').slice(4)}`],
    ['not UTF-8', Buffer.from([0x61, 0x3a, 0xff]).toString('base64')],
    ['an overlong spelling of UTF-8', Buffer.from([0x61, 0x3a, 0xc1, 0xa1]).toString('base64')],
    ['half a surrogate pair', Buffer.from([0x61, 0x3a, 0xed, 0xa0, 0x80]).toString('base64')],
    ['ISO 8859-1', Buffer.from('jörg:secret', 'latin1').toString('base64')],
    ['a control character in the name', encode('a\tb:c')],
    ['a control character in the password', encode('a:b\n')],
    ['NUL', encode('a:b\0')],
    ['DEL', encode('a:b\u007f')],
    ['a control character beyond ASCII', encode('a:b\u0085')],
  ])('refuses %s', (_name, encoded) => {
    expect(parseUserCredential(encoded)).toBeUndefined();
  });

  test.each(['', 'a:b', 'a\n', 'u\u0308', '\ud800', 'x'.repeat(257)])(
    'no user is called %j',
    (text) => {
      expect(isUsername(text)).toBe(false);
    },
  );
});
