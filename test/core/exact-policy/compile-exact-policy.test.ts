import { describe, expect, test } from 'vitest';
import {
  arnCharactersMax,
  collisionText,
  compileExactPolicy,
  findAmbiguities,
  findCollisions,
  largestPolicyBytes,
  longestArn,
  policyBytesMax,
  RouteTableTooLarge,
} from '../../../functions/core/exact-policy/compile-exact-policy.ts';
import { exactPolicy } from '../../../functions/core/exact-policy/exact-policy.ts';
import { verdictOf } from './oracle.ts';
import { elsewhere, guarded, independent, open, orders, stageArn } from './tables.ts';

describe('a route that no policy can speak of is refused by its key', () => {
  test.each([
    ['GET /a*'],
    ['GET /a?'],
    ['GET /$default'],
    ['GET /{rest+}/a'],
    ['GET /{rest+}/{x}'],
    ['GET /a//b'],
    ['GET /a/'],
    ['GET /a{x}'],
    ['GET /{x'],
    ['GET /{}'],
    ['GET /a%20b'],
    ['GET /é'],
    ['GET a'],
    ['get /a'],
    ['* /a'],
    ['$default'],
  ])('"%s"', (key) => {
    expect(() => compileExactPolicy([guarded('GET /x'), guarded(key)])).toThrow(`route "${key}"`);
  });

  test('a route that is there twice', () => {
    expect(() => compileExactPolicy(independent('GET /x', 'GET /x'))).toThrow('route "GET /x"');
  });
});

describe('what is compiled', () => {
  test('is plain data, which gives the same answers after a journey through JSON', () => {
    const compiled = compileExactPolicy(orders);
    const again = JSON.parse(JSON.stringify(compiled));
    expect(again).toEqual(compiled);
    const granted = new Set([1, 3]);
    expect(exactPolicy(again)(granted, stageArn)).toEqual(exactPolicy(compiled)(granted, stageArn));
  });

  test('keeps the places of the routes, a glob for each, and says who is not asked', () => {
    expect(
      compileExactPolicy([open('GET /'), elsewhere('ANY /a/{x}'), guarded('PUT /{rest+}')]).routes,
    ).toEqual([
      { key: 'GET /', glob: 'GET/', isOpen: true },
      { key: 'ANY /a/{x}', glob: '*/a/*', isElsewhere: true },
      { key: 'PUT /{rest+}', glob: 'PUT/*' },
    ]);
  });

  test('denies the encoded spelling of what templates spell out, and of nothing else', () => {
    const denied = (...keys: readonly string[]) =>
      compileExactPolicy([open('GET /HEALTH'), ...independent(...keys)]).alwaysDenied.slice(2);
    expect(denied('GET /', 'GET /{name}')).toEqual([]);
    expect(denied('GET /abc')).toEqual(['*%6?*']);
    expect(denied('GET /v1/x-y/@me'.replace('@', ''))).toEqual([
      ...['*%2D*', '*%2d*', '*%31*', '*%6?*', '*%7?*'],
    ]);
    expect(denied('GET /AZ/a:b')).toEqual(['*%3A*', '*%3a*', '*%41*', '*%5?*', '*%6?*']);
  });

  test('leaves the encoded characters alone that clients do send', () => {
    const table = independent('GET /users/{name}', 'GET /users/me', 'POST /v1/Orders.all/a_b~c:d');
    const answer = exactPolicy(compileExactPolicy(table))(new Set([0]), stageArn);
    if (!answer.isExact) throw new Error('no exact policy');
    for (const name of ['a%40example.com', 'a%20b', 'a%2Fb', '%C3%A9', 'a%2Bb', '100%25']) {
      expect(verdictOf(answer, { verb: 'GET', path: `/users/${name}` })).toBe('allow');
    }
    for (const name of ['%6De', '%6de', 'm%65']) {
      expect(verdictOf(answer, { verb: 'GET', path: `/users/${name}` })).toBe('explicit-deny');
    }
  });

  test('is refused for a table whose routes overlap in too many ways', () => {
    const tenants = [...'abcdefghijklmnopqrst'].map((name) => `GET /{tenant}/${name}/{id}`);
    expect(() => compileExactPolicy(independent('ANY /{proxy+}', ...tenants))).toThrow(
      RouteTableTooLarge,
    );
  });
});

describe('synth is told by name', () => {
  const collisionsOf = (...keys: readonly string[]) => {
    const table = independent(...keys);
    return findCollisions(table, compileExactPolicy(table));
  };

  test('of a refused route between granted ones', () => {
    expect(collisionsOf('ANY /{proxy+}', 'ANY /users/{id}', 'ANY /users/me')).toContainEqual({
      granted: 'ANY /{proxy+}',
      refused: 'ANY /users/{id}',
      alsoGranted: 'ANY /users/me',
    });
  });

  test('of a catch-all and a parameter inside it, which share /users/1/2, if one is refused', () => {
    const [outer, collision, ...more] = collisionsOf('GET /{proxy+}', 'GET /users/{id}');
    expect(outer).toEqual({
      granted: 'GET /users/{id}',
      refused: 'GET /{proxy+}',
      alsoGranted: 'GET /users/{id}',
    });
    expect(collision).toEqual({
      granted: 'GET /{proxy+}',
      refused: 'GET /users/{id}',
      alsoGranted: 'GET /{proxy+}',
    });
    expect(more).toEqual([]);
    expect(collision === undefined ? '' : collisionText(collision)).toBe(
      'no policy can allow GET /{proxy+} and refuse GET /users/{id}: the pattern of GET /{proxy+} matches requests ' +
        'of GET /users/{id}, and that of GET /users/{id} requests of GET /{proxy+}. Let whoever may use ' +
        'GET /{proxy+} use GET /users/{id} as well, rename a path, or cache the decisions by route',
    );
  });

  test('of a route of another authorizer that lies between, however little it demands', () => {
    const table = [guarded('GET /{proxy+}', ['a']), elsewhere('GET /users/{id}')];
    const compiled = compileExactPolicy(table);
    expect(findCollisions(table, compiled)).toHaveLength(1);
    expect(exactPolicy(compiled)(new Set([0, 1]), stageArn)).toEqual({ isExact: false });
  });

  test('of nothing where nobody has one without the other, or where one has no authorizer', () => {
    const inner = [
      guarded('GET /{proxy+}', ['a'], ['b', 'c']),
      guarded('GET /users/{id}', ['c', 'b'], ['a']),
    ];
    expect(findCollisions(inner, compileExactPolicy(inner))).toEqual([]);
    const outer = [open('GET /{proxy+}'), guarded('GET /users/{id}', ['a'])];
    expect(findCollisions(outer, compileExactPolicy(outer))).toEqual([]);
  });

  test('of routes of which nobody knows the winner, if no third one wins over both', () => {
    expect(findAmbiguities(independent('GET /{x}/b', 'GET /a/{rest+}'))).toEqual([
      ['GET /{x}/b', 'GET /a/{rest+}'],
    ]);
    expect(findAmbiguities(independent('GET /{x}/b', 'GET /a/{y}', 'GET /a/b'))).toEqual([]);
  });

  test('of the size of the largest policy and of its longest resource', () => {
    const long = compileExactPolicy([
      guarded(`GET /${'a'.repeat(470)}`),
      open(`GET /${'b'.repeat(900)}`),
    ]);
    expect(longestArn(long, 60)).toBe(60 + 1 + 4 + 470);
    expect(longestArn(long, 60)).toBeGreaterThan(arnCharactersMax);
    expect(largestPolicyBytes(long, 60)).toBe(200 + 538 + 3 * 64 + 4 + 4 + 5);
    const routes = (count: number) =>
      independent(...Array.from({ length: count }, (_, index) => `GET /collection/i${index}/{id}`));
    expect(largestPolicyBytes(compileExactPolicy(routes(50)), 60)).toBeLessThan(policyBytesMax);
    expect(largestPolicyBytes(compileExactPolicy(routes(70)), 60)).toBeGreaterThan(policyBytesMax);
  });
});

test('of two routes with one path the one with a verb serves its verb, so that each can be granted alone', () => {
  const table = independent('GET /a', 'ANY /a');
  const answer = exactPolicy(compileExactPolicy(table));
  expect(findAmbiguities(table)).toEqual([]);
  expect(answer(new Set([0]), stageArn)).toMatchObject({ allow: [`${stageArn}/GET/a`] });
  const any = answer(new Set([1]), stageArn);
  if (!any.isExact) throw new Error('no exact policy');
  expect(verdictOf(any, { verb: 'POST', path: '/a' })).toBe('allow');
  expect(verdictOf(any, { verb: 'GET', path: '/a' })).toBe('explicit-deny');
});

test('"GET/*" matches the root as well: refused beside a catch-all, the root is denied', () => {
  const table = independent('GET /', 'GET /{proxy+}');
  const compiled = compileExactPolicy(table);
  expect(exactPolicy(compiled)(new Set([1]), stageArn)).toMatchObject({
    deny: [`${stageArn}/GET/`, `${stageArn}/*/*/`, `${stageArn}/*//*`],
  });
  const root = exactPolicy(compiled)(new Set([0]), stageArn);
  if (!root.isExact) throw new Error('no exact policy');
  expect(verdictOf(root, { verb: 'GET', path: '/' })).toBe('allow');
  expect(verdictOf(root, { verb: 'GET', path: '/a' })).toBe('implicit-deny');
});
