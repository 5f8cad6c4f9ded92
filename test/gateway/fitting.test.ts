import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitting, fittingPart } from '../../functions/gateway/fitting.ts';

const max = 8_192;
const bytesOf = (answer: object) => Buffer.byteLength(JSON.stringify(answer));

function fits(answer: object): boolean {
  try {
    return fitting(answer) === answer;
  } catch {
    return false;
  }
}

const texts = fc.oneof(
  fc
    .constantFrom('a', '"', '\\', '\u0000', '\ud800', 'é', '漢', '🔑')
    .chain((character) =>
      fc.integer({ min: 0, max: 4_200 }).map((count) => character.repeat(count)),
    ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const answers = fc.record({
  isAuthorized: fc.boolean(),
  context: fc.dictionary(texts, texts, { maxKeys: 4 }),
});
const policies = fc.record({ Statement: fc.array(texts, { maxLength: 3 }), Limit: fc.double() });

test('an answer is let through exactly if its JSON has 8 KB or less, whatever is in it', () => {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(answers, policies, fc.boolean(), (answer, policy, isShared) => {
      const policyDocument = isShared ? fittingPart(policy) : policy;
      const whole = { ...answer, policyDocument };
      seen.add(bytesOf(whole) <= max);
      expect(fits(whole)).toBe(bytesOf(whole) <= max);
    }),
    { numRuns: 500 },
  );
  expect(seen.size).toBe(2);
});

test.each(['a', '"', '\u0000', '\ud800', '漢'])('to the byte, of %j', (character) => {
  const each = bytesOf([character]) - 4;
  const frame = bytesOf({ context: { t: '' } });
  const many = Math.floor((max - frame) / each);
  const rest = 'a'.repeat(max - frame - many * each);
  const t = character.repeat(many) + rest;
  expect(bytesOf({ context: { t } })).toBe(max);
  expect(fits({ context: { t } })).toBe(true);
  expect(fits({ context: { t: `${t}a` } })).toBe(false);
});

test('a part of many answers cannot be changed by who gets one of them', () => {
  const part = fittingPart({ Statement: [{ Effect: 'Deny', Resource: ['x'] }] });
  expect(() => part.Statement.push({ Effect: 'Allow', Resource: ['*'] })).toThrow(TypeError);
  expect(() => part.Statement[0]?.Resource.push('*')).toThrow(TypeError);
  expect(() => Object.assign(part.Statement[0] ?? {}, { Effect: 'Allow' })).toThrow(TypeError);
});
