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
} from '../../../../functions/core/routes/exact-policy/compile-exact-policy.ts';
import { exactPolicy } from '../../../../functions/core/routes/exact-policy/exact-policy.ts';
import { UnnameableRoute } from '../../../../functions/core/routes/exact-policy/route-template.ts';
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

const emptySegments = ['*/*/', '*//*'];
const dotSegments = ['*/.', '*/./*', '*/..*', '*%2E*', '*%2e*', '*%2F..*', '*%2f..*'];

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-';

test.each([
  ['GET /@me', '@me'],
  ['GET /a/b+c', 'b+c'],
  ['GET /a%20b', 'a%20b'],
  ['GET /é', 'é'],
  ['GET /at;lat={lat}/x', undefined],
  ['GET /at;v=1/{x}', 'at;v=1'],
])('"%s" is no path whose ARN anybody knows', (key, text) => {
  const compile = () => compileExactPolicy([guarded('GET /x'), guarded(key)]);
  if (text === undefined) expect(compile).toThrow(`route "${key}"`);
  else expect(compile).toThrow(new UnnameableRoute(key, text));
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

  const deniedBeside = (...table: Parameters<typeof compileExactPolicy>[0]) =>
    compileExactPolicy(table).alwaysDenied.slice(9);

  test('denies empty segments and dot segments in every spelling, whatever the table', () => {
    for (const keys of [['GET /'], ['GET /users/{id}'], ['GET /a', 'POST /b']]) {
      const { alwaysDenied } = compileExactPolicy(independent(...keys));
      expect(alwaysDenied).toEqual([...emptySegments, ...dotSegments]);
    }
  });

  test('denies encoded what a template spells out where another one would take it, and nothing else', () => {
    expect(deniedBeside(...independent('GET /orders/{id}', 'GET /orders/k:9'))).toEqual([
      ...['*%39*', '*%3A*', '*%3a*', '*%6B*', '*%6b*'],
      ...['*/orders/*%2F*', '*/orders/*%2f*', '*;*'],
    ]);
    // Another verb, another place, nobody else's request, or nobody who has one without the other.
    expect(deniedBeside(...independent('GET /orders/{id}', 'POST /orders/export'))).toEqual([]);
    expect(deniedBeside(...independent('GET /orders/{id}', 'GET /users/export'))).toEqual([]);
    const read = guarded('GET /orders/{id}', ['read']);
    expect(deniedBeside(read, open('GET /orders/export'))).toEqual([]);
    expect(deniedBeside(elsewhere('GET /orders/{id}'), guarded('GET /orders/export'))).toEqual([]);
    expect(deniedBeside(read, guarded('GET /orders/export', ['read', 'write']))).toEqual([]);
    expect(deniedBeside(read, elsewhere('GET /orders/e'))).toContain('*%65*');
  });

  test('denies an encoded slash where segments could be made of it, once for areas inside one another', () => {
    const nested = independent('GET /users/{id}', 'PUT /users/{id}', 'GET /users/{id}/{role}');
    expect(deniedBeside(...nested)).toEqual(['*/users/*%2F*', '*/users/*%2f*', '*;*']);
    expect(deniedBeside(...independent('GET /{name}', 'GET /a/{x}', 'GET /a/{x}/{y}'))).toEqual([
      ...['*%61*', '*/*%2F*', '*/*%2f*', '*;*'],
    ]);
    // The verb's "*" of ANY takes segments as well: GET/a%2Fb/users/7.
    expect(deniedBeside(...independent('ANY /users/{id}', 'GET /users/{id}/{role}'))).toEqual(
      expect.arrayContaining(['*%2F*', '*%2f*', '*%75*']),
    );
    expect(deniedBeside(...independent('ANY /pets', 'GET /a/pets'))).toContain('*%61*');
  });

  /** Ids as clients send them: `encodeURIComponent` of what real systems hand out. */
  const ordinaryIds = [
    ...[
      'auth0|5f7c',
      'google-oauth2|117',
      'urn:example:user:7',
      'ann@example.com',
      'a b',
      'é',
      '日本',
    ],
    ...[
      'a+b=',
      '100%',
      '{x}',
      '[1]',
      'a`b',
      'a~b',
      'a_b',
      'x^y',
      "o'neil",
      'a,b',
      '#7',
      'a&b',
      'v1.2',
    ],
  ];

  test.each([
    ['in a table of one route', ['GET /users/{id}']],
    ['beside a collection', ['GET /users', 'POST /users', 'GET /users/{id}', 'GET /orders/{id}']],
    ['beside a route that it could be taken for', ['GET /users/{id}', 'GET /users/me']],
    ['beside what is nested in it', ['GET /users/{id}', 'GET /users/{id}/roles/{role}']],
    ['beside literals of all letters', ['GET /users/{id}', `GET /users/${letters}`]],
    ['inside a catch-all', ['GET /{proxy+}']],
  ])('lets ordinary ids pass %s', (_, keys) => {
    const table = independent(...keys);
    const id = keys.findIndex((key) => /users\/\{id\}$|proxy/.test(key));
    const answer = exactPolicy(compileExactPolicy(table))(new Set([id]), stageArn);
    if (!answer.isExact) throw new Error('no exact policy');
    // Some encode a "~" as well.
    const refused = [...ordinaryIds.map(encodeURIComponent), 'a%7Eb', 'a%7eb', 'auth0%7c5f7c']
      .map((one) => `/users/${one}`)
      .filter((path) => verdictOf(answer, { verb: 'GET', path }) !== 'allow');
    expect(refused).toEqual([]);
  });

  test('lets an encoded slash pass where no other route can be meant', () => {
    const verdicts = (path: string, ...keys: readonly string[]) => {
      const answer = exactPolicy(compileExactPolicy(independent(...keys)))(new Set([0]), stageArn);
      return answer.isExact ? verdictOf(answer, { verb: 'GET', path }) : 'none';
    };
    expect(verdicts('/users/a%2Fb', 'GET /users/{id}')).toBe('allow');
    expect(verdicts('/users/a%2Fb', 'GET /users/{id}', 'GET /orders/{id}/{item}')).toBe('allow');
    expect(verdicts('/files/a%2Fb', 'GET /files/{path+}', 'GET /users/{id}')).toBe('allow');
    expect(verdicts('/users/a;b', 'GET /users/{id}', 'POST /users')).toBe('allow');
    expect(verdicts('/users/a%2Fb', 'GET /users/{id}', 'GET /users/me')).toBe('explicit-deny');
    expect(verdicts('/users/a%3Bb', 'GET /users/{id}', 'GET /users/me')).toBe('allow');
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
    expect(largestPolicyBytes(long, 60)).toBe(
      200 +
        538 +
        [...emptySegments, ...dotSegments].reduce((sum, { length }) => sum + 64 + length, 0),
    );
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
    deny: expect.arrayContaining([`${stageArn}/GET/`, `${stageArn}/*/*/`, `${stageArn}/*//*`]),
  });
  const root = exactPolicy(compiled)(new Set([0]), stageArn);
  if (!root.isExact) throw new Error('no exact policy');
  expect(verdictOf(root, { verb: 'GET', path: '/' })).toBe('allow');
  expect(verdictOf(root, { verb: 'GET', path: '/a' })).toBe('implicit-deny');
});
