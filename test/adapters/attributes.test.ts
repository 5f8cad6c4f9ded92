import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromItem, toItem } from '../../functions/adapters/dynamodb/attributes.ts';

test('what is stored is what is read, for every value that an item of ours can hold', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.string({ minLength: 1 }), tie('any'), { maxKeys: 3 }),
    ),
  })).any;
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), value), (record) => {
      expect(JSON.stringify(fromItem(toItem(record)))).toBe(JSON.stringify(record));
    }),
  );
});

test('numbers keep their value', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
      // There is one zero in DynamoDB.
      expect(fromItem(toItem({ n }))).toEqual({ n: n === 0 ? 0 : n });
    }),
  );
});

test('a member that is undefined is left out', () => {
  expect(toItem({ a: undefined, b: { c: undefined, d: 1 } })).toEqual({
    b: { M: { d: { N: '1' } } },
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('a'), () => 1, [undefined]])(
  'what no item can hold is not stored as something else (%#)',
  (value) => {
    expect(() => toItem({ a: value })).toThrow(TypeError);
  },
);

test.each([
  ...[{ B: 'AA==' }, { SS: ['a'] }, { X: 1 }, {}, { S: 'a', N: '1' }, null, 'a', 7, [], ['a']],
  ...[{ S: 1 }, { S: null }, { N: 1 }, { N: '' }, { N: 'NaN' }, { N: '0x10' }, { N: '1e999' }],
  ...[{ BOOL: 'true' }, { BOOL: null }, { NULL: false }, { NULL: 'true' }],
  ...[{ L: 'a' }, { L: {} }, { L: [1] }, { M: null }, { M: [] }, { M: 'a' }, { M: { a: 1 } }],
])('an attribute %j is refused', (attribute) => {
  expect(() => fromItem({ a: attribute })).toThrow(TypeError);
});
