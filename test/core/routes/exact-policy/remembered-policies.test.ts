import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileExactPolicy } from '../../../../functions/core/routes/exact-policy/compile-exact-policy.ts';
import { exactPolicy } from '../../../../functions/core/routes/exact-policy/exact-policy.ts';
import { rememberedPolicies } from '../../../../functions/core/routes/exact-policy/remembered-policies.ts';
import { orders, stageArn } from './tables.ts';

const compiled = compileExactPolicy(orders);

test('a remembered policy is the one that would be made anew, whoever asked before and on whichever stage', () => {
  const anyone = fc.tuple(
    fc.subarray([...orders.keys()]),
    fc.constantFrom(stageArn, `${stageArn}2`),
  );
  fc.assert(
    fc.property(fc.array(anyone, { minLength: 1, maxLength: 12 }), (callers) => {
      const remembered = rememberedPolicies(exactPolicy(compiled), 2);
      for (const [ids, stage] of [...callers, ...callers]) {
        const granted = new Set(ids);
        expect(remembered(granted, stage)).toEqual(exactPolicy(compiled)(granted, stage));
      }
    }),
  );
});

test('a policy is made once for callers with the same grants, and again only after many others', () => {
  let made = 0;
  const make = exactPolicy(compiled);
  const remembered = rememberedPolicies((...asked) => {
    made += 1;
    return make(...asked);
  }, 2);
  for (const ids of [[2], [3], [2], [2, 3], [2], [3]]) remembered(new Set(ids), stageArn);
  expect(made).toBe(3);
  for (const ids of [[4], [2, 4], [3, 4], [2, 3, 4]]) remembered(new Set(ids), stageArn);
  remembered(new Set([2]), stageArn);
  expect(made).toBe(8);
});

test('a thousand callers with different grants each get their policy made once', () => {
  let made = 0;
  const remembered = rememberedPolicies((granted) => {
    made += 1;
    return { isExact: true, allow: [[...granted].join()], deny: [] };
  });
  const callers = Array.from({ length: 1_000 }, (_, i) => new Set([i]));
  for (const granted of [...callers, ...callers]) remembered(granted, stageArn);
  expect(made).toBe(1_000);
});
