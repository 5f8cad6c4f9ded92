import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formBytesMax, mediaType, parseForm } from '../../functions/core/form.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

function reasonOf(text: string): string {
  const result = parseForm(bytes(text));
  return result.ok ? 'accepted' : result.error.reason;
}

describe('parseForm', () => {
  test('what a client encoded is what is read, for any text without control characters (RFC 6749 appendix B)', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 50 }).filter((s) => !/\p{Cc}/u.test(s));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name }), (pairs) => {
        const body = new URLSearchParams(pairs);
        const form = parseForm(Buffer.from(body.toString()));
        expect(form.ok).toBe(true);
        if (!form.ok) return;
        for (const [name, value] of pairs) {
          if (name === '' && value === '') continue;
          expect(form.value.get(name)).toBe(value === '' ? undefined : value);
        }
      }),
    );
  });

  test('any bytes are either read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
        expect(typeof parseForm(body).ok).toBe('boolean');
      }),
    );
  });

  test.each([
    ['a=1&a=2', 'parameter_repeated'],
    ['a=1&a=', 'parameter_repeated'],
    ['client_id=x&client%5Fid=y', 'parameter_repeated'],
    ['a=%', 'body_encoding'],
    ['a=%zz', 'body_encoding'],
    ['a=%c3%28', 'body_encoding'],
    ['a=\xff', 'body_encoding'],
    ['a=%00', 'body_encoding'],
    ['a=%0d%0ab', 'body_encoding'],
    [`a=${'x'.repeat(8_193)}`, 'parameter_too_long'],
    [`assertion=${'x'.repeat(16_384)}`, 'accepted'],
    [`assertion=${'x'.repeat(16_385)}`, 'parameter_too_long'],
    ['x'.repeat(formBytesMax + 1), 'body_too_large'],
    ['resource=a&resource=b', 'accepted'],
    [Array(21).fill('resource=a').join('&'), 'parameter_repeated'],
    ['', 'accepted'],
    ['&&a=1&', 'accepted'],
  ])('%.40s … is %s', (body, expected) => {
    expect(reasonOf(body)).toBe(expected);
  });

  test('names that mean something to JavaScript mean nothing here', () => {
    const form = parseForm(bytes('__proto__=x&constructor=y'));
    expect(form.ok && form.value.get('toString')).toBeUndefined();
    expect(form.ok && form.value.get('__proto__')).toBe('x');
  });
});

test('the media type is compared without case and without its parameters (RFC 9110 §8.3.1)', () => {
  expect(mediaType('Application/X-WWW-Form-Urlencoded; charset=UTF-8')).toBe(
    'application/x-www-form-urlencoded',
  );
  expect(mediaType(undefined)).toBe('');
});
