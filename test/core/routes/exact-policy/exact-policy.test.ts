import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileExactPolicy,
  findAmbiguities,
  findCollisions,
  findSilentRefusal,
  largestPolicyBytes,
  longestArn,
} from '../../../../functions/core/routes/exact-policy/compile-exact-policy.ts';
import { exactPolicy } from '../../../../functions/core/routes/exact-policy/exact-policy.ts';
import { documentOf, judge } from './oracle.ts';
import { allRequests, requestOf, requestSeed } from './requests.ts';
import { grantedTo, independent, orders, ordinary, stageArn } from './tables.ts';

const idsOf = (table: readonly { readonly key: string }[], ...keys: readonly string[]) =>
  new Set(keys.map((key) => table.findIndex((route) => route.key === key)));

describe('the Orders API of the demo', () => {
  const compiled = compileExactPolicy(orders);
  const answerFor = (...held: readonly string[]) => {
    const answer = exactPolicy(compiled)(grantedTo(orders, new Set(held)), stageArn);
    if (!answer.isExact) throw new Error('no exact policy');
    return answer;
  };

  test('gives a reader the orders and denies the export, which lies inside them', () => {
    const under = (globs: readonly string[]) => globs.map((glob) => `${stageArn}/${glob}`);
    expect(answerFor('bearer', 'orders:read')).toEqual({
      isExact: true,
      allow: under(['GET/orders', 'GET/orders/*']),
      deny: under([
        ...['POST/orders', 'GET/orders/export', 'GET/reports/*', 'GET/whoami', 'DELETE/orders/*'],
        ...['GET/partners/me', 'GET/transfers', '*/*/', '*//*', '*/.', '*/./*', '*/..*', '*%2E*'],
        ...['*%2e*', '*%2F..*', '*%2f..*', '*%65*', '*%6F*', '*%6f*', '*%70*', '*%72*', '*%74*'],
        ...['*%78*', '*/orders/*%2F*', '*/orders/*%2f*', '*;*'],
      ]),
    });
  });

  test('refuses everything, explicitly, to a caller without a route', () => {
    expect(answerFor('basic')).toEqual({ isExact: true, allow: [], deny: [`${stageArn}/*`] });
  });

  test('lists one glob where it covers another', () => {
    const { allow } = answerFor('bearer', 'orders:read', 'orders:export');
    expect(allow).toEqual([`${stageArn}/GET/orders`, `${stageArn}/GET/orders/*`]);
  });

  test('never grants a route of another authorizer, nor one without any, whatever it is handed', () => {
    const all = exactPolicy(compiled)(new Set(orders.keys()), stageArn);
    expect(all).toEqual(exactPolicy(compiled)(new Set([1, 2, 3, 4, 5]), stageArn));
    const none = exactPolicy(compiled)(idsOf(orders, 'GET /healthz', 'GET /whoami'), stageArn);
    expect(none).toEqual({ isExact: true, allow: [], deny: [`${stageArn}/*`] });
  });

  test('is exact for every grant set and every short request', () => {
    const words = [
      'orders',
      'export',
      'reports',
      'partners',
      'me',
      'whoami',
      'healthz',
      'transfers',
    ];
    const requests = allRequests(
      [
        ...[
          ...words,
          '7',
          '',
          '*',
          'a%2Fb',
          '%65xport',
          'orders%2Fexport',
          '.',
          '..',
          '%2e',
          '..;',
        ],
        ...['.%2E', 'export;v=1', 'export%2F', '%2Fexport', 'x%2F..%2Fexport', 'auth0%7C7'],
      ],
      ['GET', 'POST', 'DELETE', 'PURGE'],
    );
    const wrongs = judge(orders, requests);
    for (let bits = 0; bits < 32; bits += 1) {
      const granted = new Set([1, 2, 3, 4, 5].filter((_, index) => ((bits >> index) & 1) === 1));
      const answer = exactPolicy(compiled)(granted, stageArn);
      if (!answer.isExact) throw new Error('no exact policy');
      expect(wrongs(granted, answer)).toEqual([]);
    }
  });

  test('has nothing that synth would complain about', () => {
    expect(findCollisions(orders, compiled)).toEqual([]);
    expect(findAmbiguities(orders)).toEqual([]);
    expect(findSilentRefusal(orders)).toEqual({
      ...{ refused: 'GET /orders', granted: 'POST /orders' },
    });
  });

  test('is judged by a check that notices what is left out of a policy', () => {
    const granted = grantedTo(orders, new Set(['bearer', 'orders:read']));
    const { allow, deny } = answerFor('bearer', 'orders:read');
    const words = ['orders', 'export', '', '7', '%65xport', 'export;v=1', 'export%2f', '..', '.'];
    const requests = allRequests([...words, '7%2F..'], ['GET', 'DELETE']);
    const wrongs = judge(orders, requests);
    const wrongOf = (resources: { allow: readonly string[]; deny: readonly string[] }) =>
      wrongs(granted, resources).map(({ kind, request }) => `${kind}: ${request}`);
    const without = (glob: string) => deny.filter((arn) => arn !== `${stageArn}/${glob}`);
    expect(wrongOf({ allow, deny })).toEqual([]);
    expect(wrongOf({ allow, deny: [] })).toContain('allowed: GET /orders/export');
    for (const [glob, wrong] of [
      ['*/*/', 'not denied: GET /orders/'],
      ['*//*', 'not denied: GET //orders'],
      ['*/..*', 'not denied: GET /orders/..'],
      ['*/./*', 'not denied: GET /./orders'],
      ['*%65*', 'allowed: GET /orders/%65xport'],
      ['*;*', 'allowed: GET /orders/export;v=1'],
      ['*/orders/*%2f*', 'allowed: GET /orders/export%2f'],
    ] as const) {
      expect(wrongOf({ allow, deny: without(glob) })).toContain(wrong);
    }
    expect(wrongOf({ allow: allow.slice(1), deny })).toContain('refused: GET /orders');
  });
});

describe('an ordinary API of 48 routes', () => {
  const compiled = compileExactPolicy(ordinary);
  const answer = exactPolicy(compiled);
  const everyScope = [...new Set(ordinary.flatMap(({ clauses }) => clauses.flat()))];
  const held = fc
    .tuple(...everyScope.map((scope) => fc.boolean().map((isHeld) => (isHeld ? [scope] : []))))
    .map((scopes) => new Set(scopes.flat()));
  const seeds = fc.array(requestSeed, { minLength: 4, maxLength: 4 });
  const fixed = [
    '/users/7',
    '/users/me',
    '/users/7/roles',
    '/orders/7/items/1',
    '/files/a/b',
    '/',
  ].map((path) => ({ verb: 'GET', path }));

  const wrongs = judge(ordinary, fixed);

  test('has an exact policy for each of 3,000 callers, and none that is larger than synth said', () => {
    const bytesMax = largestPolicyBytes(compiled, stageArn.length);
    const charactersMax = longestArn(compiled, stageArn.length);
    expect(ordinary).toHaveLength(48);
    fc.assert(
      fc.property(held, seeds, (scopes, more) => {
        const granted = grantedTo(ordinary, scopes);
        const made = answer(granted, stageArn);
        if (!made.isExact) throw new Error('no exact policy');
        const requests = more.map((seed) => requestOf(ordinary, seed));
        expect([...wrongs(granted, made), ...judge(ordinary, requests)(granted, made)]).toEqual([]);
        expect(JSON.stringify(documentOf(made)).length).toBeLessThanOrEqual(bytesMax);
        for (const arn of [...made.allow, ...made.deny]) {
          expect(arn.length).toBeLessThanOrEqual(charactersMax);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('owes that to its requirements: /orders/7/items/items lies inside what has to be denied', () => {
    const untied = independent(...ordinary.map(({ key }) => key));
    expect(findCollisions(untied, compiled)).toEqual([
      {
        granted: 'GET /orders/{id}',
        refused: 'GET /orders/{id}/items',
        alsoGranted: 'GET /orders/{id}/items/{item}',
      },
    ]);
  });

  test('would open refused routes to about every second caller, were the policy a list of what is allowed', () => {
    let runs = 0;
    let tooWide = 0;
    fc.assert(
      fc.property(held, (scopes) => {
        const granted = grantedTo(ordinary, scopes);
        const made = answer(granted, stageArn);
        const allow = made.isExact ? made.allow : [];
        const found = wrongs(granted, { allow, deny: [] });
        runs += 1;
        if (found.some(({ kind }) => kind === 'allowed')) tooWide += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(tooWide / runs).toBeGreaterThan(0.3);
  });

  test('fits, and has nothing that synth would complain about but refusals by silence', () => {
    expect(findCollisions(ordinary, compiled)).toEqual([]);
    expect(findAmbiguities(ordinary)).toEqual([]);
    expect(findSilentRefusal(ordinary)).toEqual({
      ...{ refused: 'GET /users', granted: 'POST /users' },
    });
  });

  test('would get wrong policies from a table compiled without its overlaps, and the check says so', () => {
    const blind = { ...compiled, classes: ordinary.map((_, id) => [id] as const) };
    const granted = grantedTo(ordinary, new Set(['self:read']));
    const made = exactPolicy(blind)(granted, stageArn);
    if (!made.isExact) throw new Error('a certificate is as good as its classes');
    expect(wrongs(granted, made)).toEqual([
      { kind: 'refused', request: 'GET /users/me', route: 'GET /users/me' },
    ]);
  });
});
