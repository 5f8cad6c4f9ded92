import { describe, expect, test } from 'vitest';
import { compileExactPolicy } from '../../../../functions/core/routes/exact-policy/compile-exact-policy.ts';
import { exactPolicy } from '../../../../functions/core/routes/exact-policy/exact-policy.ts';
import { fallbackAnswer } from '../../../../functions/core/routes/exact-policy/fallback-answer.ts';
import { elsewhere, independent, open, stageArn } from './tables.ts';

const table = [
  ...independent('GET /{proxy+}', 'GET /users/{id}', 'GET /users/me'),
  ...[elsewhere('GET /staff/{id}'), open('GET /healthz')],
];
const compiled = compileExactPolicy(table);
const answerFor = (key: string) =>
  fallbackAnswer(
    compiled,
    table.findIndex((route) => route.key === key),
    stageArn,
  );

describe('a caller for whom no exact policy exists is given', () => {
  test('the route of the request alone, where that is exact', () => {
    expect(exactPolicy(compiled)(new Set([0, 2]), stageArn)).toEqual({ isExact: false });
    const { allow, deny } = answerFor('GET /users/me');
    expect(allow).toEqual([`${stageArn}/GET/users/me`]);
    expect(deny).toContain(`${stageArn}/GET/staff/*`);
  });

  test.each([
    ['the route alone would reach into others', 'GET /{proxy+}'],
    ['others would reach into it', 'GET /users/{id}'],
    ['the route has another authorizer', 'GET /staff/{id}'],
    ['the route has none', 'GET /healthz'],
    ['there is no such route', 'GET /nowhere'],
  ])('nothing, and that explicitly, where %s', (_, key) => {
    expect(answerFor(key)).toMatchObject({ allow: [], deny: [`${stageArn}/*`] });
  });
});
