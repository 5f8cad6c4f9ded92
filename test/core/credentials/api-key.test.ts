import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base58, base62, bigEndian } from '../../../functions/core/base62.ts';
import {
  apiKeyIdIn,
  isApiKeyEnvironment,
  isApiKeyPrefix,
  mintApiKey,
  parseApiKey,
} from '../../../functions/core/credentials/api-key.ts';

const format = { prefix: 'kw', environment: 'live' };
const bits = fc.uint8Array({ minLength: 48, maxLength: 48 });
const formats = fc.record({
  prefix: fc.stringMatching(/^[a-z][a-z0-9]{1,9}$/),
  environment: fc.stringMatching(/^[a-z]{2,8}$/),
});

/** Randomness that hands out the given bytes, in order. */
function drawing(bytes: Uint8Array): { bytes(count: number): Uint8Array } {
  let from = 0;
  return {
    bytes(count) {
      from += count;
      return bytes.slice(from - count, from);
    },
  };
}

/** The same key with another body and the check that fits it. */
function withCheck(body: string): string {
  return `${body}${base62(BigInt(crc32(body)), 6)}`;
}

describe('the text of an API key', () => {
  const published = 'kw_test_KeywardDemo1_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf258FJS';

  test('is what it was published to be', () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, i) => i);
    const body = `kw_test_KeywardDemo1_${base62(bigEndian(bytes), 43)}`;
    expect(crc32(body).toString(16)).toBe('71bb7dc2');
    expect(withCheck(body)).toBe(published);
    const parsed = parseApiKey(published);
    if (!parsed.ok) expect.fail(parsed.error);
    const { hash, ...rest } = parsed.value;
    expect(rest).toEqual({ prefix: 'kw', environment: 'test', keyId: 'KeywardDemo1' });
    expect(Buffer.from(hash, 'base64url').toString('hex')).toBe(
      '05746fc81db5b3b239f812b8a09c51f58c0b06d0d8de25072437f49d8d302f07',
    );
  });

  test.each([
    ['itself', published],
    ['all of it but the end', published.slice(0, -7)],
    ['what lists show of it', published.slice(0, 20)],
    ['the id', 'KeywardDemo1'],
    ['the id and the secret', published.slice(8)],
  ])('lets its id be read out of %s', (_, text) => {
    expect(apiKeyIdIn(text)).toBe('KeywardDemo1');
  });

  test.each([
    '',
    published.slice(21),
    'KeywardDem0l',
    'KeywardDemo',
    'KeywardDemo12',
    `${published} `,
    `x ${published}`,
    'kwcs_KeywardDemo1',
  ])('is not seen in %j', (text) => {
    expect(apiKeyIdIn(text)).toBeUndefined();
  });

  test('says what it was made of, whatever was drawn', () => {
    fc.assert(
      fc.property(bits, formats, (bytes, any) => {
        const { key, keyId, start, hash } = mintApiKey(drawing(bytes), any);
        expect(parseApiKey(key)).toEqual({ ok: true, value: { ...any, keyId, hash } });
        expect(start).toBe(`${any.prefix}_${any.environment}_${keyId}`);
        expect(key).toBe(withCheck(`${start}_${base62(bigEndian(bytes.subarray(16)), 43)}`));
        expect(encodeURIComponent(key)).toBe(key);
      }),
    );
  });

  test('holds all 256 bits of its secret, and nothing of it is kept in clear', () => {
    for (const byte of [0, 1, 128, 255]) {
      const bytes = new Uint8Array(48).fill(byte);
      const { key, ...kept } = mintApiKey(drawing(bytes), format);
      const digits = key.slice(-49, -6);
      const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
      const value = [...digits].reduce((sum, d) => sum * 62n + BigInt(alphabet.indexOf(d)), 0n);
      expect(value).toBe(bigEndian(bytes.subarray(16)));
      expect(JSON.stringify(kept)).not.toContain(digits);
    }
  });

  test('is no other key when other bits were drawn', () => {
    fc.assert(
      fc.property(bits, bits, (one, other) => {
        fc.pre(Buffer.compare(one.subarray(16), other.subarray(16)) !== 0);
        const keys = [one, other].map((bytes) => mintApiKey(drawing(bytes), format));
        expect(keys[0]?.hash).not.toBe(keys[1]?.hash);
      }),
    );
  });

  test('with any one character changed, left out or doubled is malformed', () => {
    const characters = [...'0Aa9Zz_-.é '];
    const { length } = published;
    fc.assert(
      fc.property(bits, fc.nat(length - 1), fc.constantFrom(...characters), (bytes, at, other) => {
        const { key } = mintApiKey(drawing(bytes), { ...format, environment: 'test' });
        expect(key).toHaveLength(length);
        const [before, after] = [key.slice(0, at), key.slice(at + 1)];
        const wrong = [`${before}${after}`, `${before}${key[at]}${key[at]}${after}`];
        if (key[at] !== other) wrong.push(`${before}${other}${after}`);
        for (const text of wrong) {
          expect(parseApiKey(text)).toEqual({ ok: false, error: 'malformed' });
        }
      }),
    );
  });

  test('with any two neighbours exchanged is malformed', () => {
    for (let at = 0; at < published.length - 1; at += 1) {
      const [one = '', two = ''] = published.slice(at, at + 2);
      if (one === two) continue;
      const text = `${published.slice(0, at)}${two}${one}${published.slice(at + 2)}`;
      expect(parseApiKey(text)).toEqual({ ok: false, error: 'malformed' });
    }
  });

  const secret = 'x'.repeat(43);
  test.each([
    ...['', 'kw', published.slice(0, -6), `${published}\n`, ` ${published}`, published.repeat(2)],
    withCheck(`k_live_KeywardDemo1_${secret}`),
    withCheck(`1kw_live_KeywardDemo1_${secret}`),
    withCheck(`KW_live_KeywardDemo1_${secret}`),
    withCheck(`kw_l_KeywardDemo1_${secret}`),
    withCheck(`kw_live1_KeywardDemo1_${secret}`),
    withCheck(`kw_live_KeywardDemo_${secret}`),
    withCheck(`kw_live_KeywardDemo0_${secret}`),
    withCheck(`kw_live_KeywardDemol_${secret}`),
    withCheck(`kw_live_KeywardDemo1_${secret}x`),
    withCheck(`kw_live_KeywardDemo1_${secret.slice(1)}_`),
  ])('%j is malformed, although its check may fit', (text) => {
    expect(parseApiKey(text)).toEqual({ ok: false, error: 'malformed' });
  });

  test('anything at all is an answer, in time that its length bounds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(parseApiKey(text)).toEqual({ ok: false, error: 'malformed' });
      }),
    );
  });
});

test('what may be configured is what a key can be made of', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (text) => {
      const { key } = mintApiKey(drawing(new Uint8Array(48)), {
        prefix: text,
        environment: 'live',
      });
      expect(isApiKeyPrefix(text)).toBe(parseApiKey(key).ok);
      const { key: other } = mintApiKey(drawing(new Uint8Array(48)), {
        prefix: 'kw',
        environment: text,
      });
      expect(isApiKeyEnvironment(text)).toBe(parseApiKey(other).ok);
    }),
  );
  expect(isApiKeyPrefix('kw')).toBe(true);
  expect(isApiKeyEnvironment('live')).toBe(true);
});

describe('digits', () => {
  test('are those of the number, and only as many as there is room for', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 62n ** 9n - 1n }), (value) => {
        const text = base62(value, 9);
        const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
        expect([...text].reduce((sum, d) => sum * 62n + BigInt(alphabet.indexOf(d)), 0n)).toBe(
          value,
        );
        expect(base62(value + 62n ** 9n, 9)).toBe(text);
      }),
    );
  });

  test.each([
    [0n, '11'],
    [57n, '1z'],
    [58n, '21'],
    [58n * 58n - 1n, 'zz'],
  ])('of %s in base58 are %s', (value, text) => {
    expect(base58(value, 2)).toBe(text);
  });
});
