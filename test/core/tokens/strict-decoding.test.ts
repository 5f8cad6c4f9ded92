import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64url } from '../../../functions/core/base64url.ts';
import { parseStrictObject } from '../../../functions/core/strict-json.ts';

describe('decodeBase64url', () => {
  test('decodes what base64url encodes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
        expect(decodeBase64url(Buffer.from(bytes).toString('base64url'))).toEqual(
          Buffer.from(bytes),
        );
      }),
    );
  });

  test('accepts a text if and only if encoding again gives the same (RFC 4648 §3.5)', () => {
    const near = fc.array(fc.constantFrom(...'AQgwz09-_+/=. \n'), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(near, (characters) => {
        const text = characters.join('');
        const isCanonical =
          /^[\w-]+$/.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text;
        expect(decodeBase64url(text) !== undefined).toBe(isCanonical);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parseStrictObject', () => {
  const parse = (text: string) => parseStrictObject(Buffer.from(text));

  test('reads every JSON object that has no member twice as the standard parser does', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 5 })),
        (object) => {
          const text = JSON.stringify(object);
          fc.pre(text.isWellFormed() && !/\\ud[89a-f]/i.test(text));
          const isPlain = namesIn(object).every((name) => !JSON.stringify(name).includes('\\'));
          const expected = isPlain ? JSON.stringify(JSON.parse(text)) : undefined;
          expect(JSON.stringify(parse(text))).toBe(expected);
        },
      ),
    );
  });

  test('finds a member however its name is spelt, whatever was read before (RFC 8259 §8.3)', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abu0é/-_. '), maxLength: 4 });
    const isEscaped = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
    const member = fc.tuple(name, isEscaped);
    fc.assert(
      fc.property(
        fc.uniqueArray(member, { selector: ([one]) => one, minLength: 1, maxLength: 5 }),
        (members) => {
          const expected = Object.fromEntries(members.map(([one], index) => [one, index]));
          const spelt = members.map(([one, ways]) =>
            [...one].map((c, i) => (ways[i] ? escaped(c) : c)).join(''),
          );
          // The raw spelling as a name of its own, in the same place: what a stranger would send before.
          for (const length of spelt.keys()) {
            const before = spelt.slice(0, length + 1).map((one) => JSON.stringify(one));
            parse(`{${before.map((one, index) => `${one}:${index}`).join()}}`);
          }
          const text = `{${spelt.map((one, index) => `"${one}":${index}`).join()}}`;
          expect(parse(text)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    [
      'the last letter',
      '{"iss":"x","sub":"x","\\\\u0":1}',
      '{"iss":"i","sub":"a","\\u0073ub":"b"}',
    ],
    ['a slash', '{"a":1,"https:\\\\/\\\\/x":1}', '{"a":1,"https:\\/\\/x":1,"https://x":2}'],
    ['half a pair', '{"\\":":"a","\\\\u":1}', '{"\\":":"a","\\ud800":"a"}'],
  ])(
    'a member is there twice for who spells it by %s, after what a stranger sent',
    (_what, stranger, twice) => {
      for (const text of [stranger, JSON.stringify(JSON.parse(stranger))]) {
        expect(typeof parse(text)).toMatch(/object|undefined/);
        expect(parse(twice)).toBeUndefined();
      }
    },
  );

  test('no claim of an issuer that escapes slashes, as PHP does, disappears behind what a stranger sent', () => {
    const name = 'https://idp/roles';
    // As many characters of the raw spelling as the name has.
    const raw = name.replaceAll('/', '\\/').slice(0, name.length);
    for (const text of [
      { iss: 'x', sub: 'x', [raw]: 1 },
      { iss: 'x', sub: 'x', [raw]: 2 },
    ]) {
      parse(JSON.stringify(text));
    }
    const claims = { iss: 'i', sub: 'a', [name]: ['admin'] };
    expect(parse(JSON.stringify(claims).replaceAll('/', '\\/'))).toEqual(claims);
  });

  test('time grows with the text, however many strings and escapes it has', () => {
    for (const part of ['"\\\\":1,', '"a\\/":"\\"",', '"a"  ,', '"\\\\\\\\"']) {
      const begun = process.cpuUsage();
      parse(`{${part.repeat(Math.floor(400_000 / part.length))}`);
      const { user, system } = process.cpuUsage(begun);
      // Quadratic time would be minutes.
      expect(user + system).toBeLessThan(5_000_000);
    }
  });

  test('refuses a member that is there twice, wherever it stands and however it is spelt', () => {
    const name = fc.string({ minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        name,
        fc.boolean(),
        fc.integer({ min: 0, max: 6 }),
        (member, isEscaped, depth) => {
          const plain = JSON.stringify(member);
          const escaped = `"${[...member].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
          const twice = `{${plain}:1,${isEscaped ? escaped : plain}:2}`;
          expect(parse(`${'{"a":['.repeat(depth)}${twice}${']}'.repeat(depth)}`)).toBeUndefined();
        },
      ),
    );
  });

  test.each([
    ['strings that look like structure', '{"a":"{\\"a\\":1,","b":"\\\\","c":"]}"}', true],
    ['equal names in different objects', '{"a":{"a":1},"b":[{"a":1},{"a":2}]}', true],
    ['16 levels', `{"a":${'['.repeat(15)}${']'.repeat(15)}}`, true],
    ['17 levels', `{"a":${'['.repeat(16)}${']'.repeat(16)}}`, false],
    ['a surrogate pair', '{"a":"\\ud83d\\ude00"}', true],
    ['half of it', '{"a":"\\ud83d"}', false],
    ['half of it as a name', '{"\\ude00":1}', false],
  ])('%s: %s', (_name, text, isRead) => {
    expect(parse(text) !== undefined).toBe(isRead);
  });

  test('any bytes are read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(['object', 'undefined']).toContain(typeof parseStrictObject(bytes));
      }),
    );
  });
});

function namesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(namesIn);
  return Array.isArray(value) ? inner : [...Object.keys(value), ...inner];
}

function escaped(character: string): string {
  if (character === '/') return '\\/';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
