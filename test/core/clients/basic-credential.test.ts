import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBasicCredential } from '../../../functions/core/clients/basic-credential.ts';

const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');

describe('parseBasicCredential', () => {
  test('reads what a client form-encoded, for any id and secret (RFC 6749 §2.3.1)', () => {
    const half = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((s) => !/\p{Cc}/u.test(s));
    fc.assert(
      fc.property(half, half, (clientId, clientSecret) => {
        const form = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);
        expect(parseBasicCredential(encode(`${form(clientId)}:${form(clientSecret)}`))).toEqual({
          clientId,
          clientSecret,
        });
      }),
    );
  });

  test('splits at the first colon (RFC 7617 §2)', () => {
    expect(parseBasicCredential(encode('a:b:c'))).toEqual({ clientId: 'a', clientSecret: 'b:c' });
  });

  test.each([
    ['no colon', encode('ab')],
    ['an empty id', encode(':b')],
    ['an empty secret', encode('a:')],
    ['nothing', ''],
    ['base64url', `${encode('a:???>').replace(/[/+]/g, '-')}`],
    ['missing padding', encode('a:bc').replace(/=+$/, '')],
    ['unused trailing bits', 'YTpiMR=='],
    ['white space inside', `${encode('abc:def').slice(0, 4)} ${encode('abc:def').slice(4)}`],
    ['not UTF-8', Buffer.from([0x61, 0x3a, 0xff]).toString('base64')],
    ['a control character', encode('a:b\n')],
    ['an encoded control character', encode('a:b%00')],
    ['broken percent-encoding', encode('a:b%')],
    ['more than 8 KiB', encode(`a:${'b'.repeat(9_000)}`)],
  ])('refuses %s', (_name, encoded) => {
    expect(parseBasicCredential(encoded)).toBeUndefined();
  });
});
