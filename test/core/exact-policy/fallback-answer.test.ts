import { describe, expect, test } from 'vitest';
import { compileExactPolicy } from '../../../functions/core/exact-policy/compile-exact-policy.ts';
import { exactPolicy } from '../../../functions/core/exact-policy/exact-policy.ts';
import { fallbackAnswer } from '../../../functions/core/exact-policy/fallback-answer.ts';
import { elsewhere, independent, open, stageArn } from './tables.ts';

const table = [
  ...independent('GET /{proxy+}', 'GET /users/{id}', 'GET /users/me'),
  ...[elsewhere('GET /staff/{id}'), open('GET /healthz')],
];
const compiled = compileExactPolicy(table);
const nothing = { allow: [], deny: [`${stageArn}/*`] };
const answerFor = (key: string, request: string, stage = stageArn) =>
  fallbackAnswer(
    compiled,
    table.findIndex((route) => route.key === key),
    `${stage}/${request}`,
    stageArn,
  );

describe('a caller for whom no exact policy exists is given', () => {
  test('the route of the request alone, where that is exact', () => {
    expect(exactPolicy(compiled)(new Set([0, 2]), stageArn)).toEqual({ isExact: false });
    const { allow, deny } = answerFor('GET /users/me', 'GET/users/me');
    expect(allow).toEqual([`${stageArn}/GET/users/me`]);
    expect(deny).toContain(`${stageArn}/GET/staff/*`);
  });

  test('this very request, where the route alone would reach into others', () => {
    expect(answerFor('GET /users/{id}', 'GET/users/7').allow).toEqual([`${stageArn}/GET/users/7`]);
    expect(answerFor('GET /{proxy+}', 'GET/a.b/c~d/-_')).toEqual({
      allow: [`${stageArn}/GET/a.b/c~d/-_`],
      deny: [],
    });
  });

  test.each([
    ['a wildcard in it', 'GET/a/*'],
    ['another wildcard in it', 'GET/a/?'],
    ['a policy variable in it', `GET/$${'{aws:username}'}`],
    ['a wildcard for a verb', '*/a'],
    ['something encoded in it', 'GET/users%2Fme'],
    ['an empty segment', 'GET/a//b'],
    ['a trailing slash', 'GET/a/'],
    ['more than fits into a policy', `GET/${'a'.repeat(512)}`],
  ])('nothing, where the request has %s', (_, request) => {
    expect(answerFor('GET /{proxy+}', request)).toEqual(nothing);
  });

  test('nothing, where the request is one of another stage', () => {
    expect(answerFor('GET /{proxy+}', 'GET/a', stageArn.replace('prod', 'test'))).toEqual(nothing);
    expect(answerFor('GET /{proxy+}', 'GET/a', `${stageArn}2`)).toEqual(nothing);
  });

  test('nothing, where the route is not the authorizer’s to grant', () => {
    expect(answerFor('GET /staff/{id}', 'GET/staff/7')).toEqual(nothing);
    expect(answerFor('GET /healthz', 'GET/healthz')).toEqual(nothing);
  });
});
