import { describe, expect, test } from 'vitest';
import {
  compileRoutes,
  defineRoutes,
  isCacheable,
  publicRoute,
  type Requirement,
  requires,
} from '../../functions/core/route-policy.ts';

const bearer = { schemes: ['bearer'] } as const;

describe('a route table is checked where it is written', () => {
  test.each([
    ['get /x'],
    ['GET x'],
    ['GET  /x'],
    ['GET /x y'],
    ['/x'],
    ['$default'],
    ['OPTIONS /x'],
    ['TRACE /x'],
    ['GET /x*'],
    ['GET /x?y'],
    ['GET /$x'],
    ['GET /a//b'],
    ['GET /a/'],
    ['GET /{a}{b}'],
    ['GET /a{b}'],
  ])('"%s" is no route', (route) => {
    expect(() => defineRoutes({ [route]: publicRoute() })).toThrow(`route "${route}"`);
  });

  test.each(['GET /', 'ANY /x', 'GET /a/{b}', 'GET /a/{b+}', 'DELETE /a-b/c.d/~e'])(
    '"%s" is one',
    (route) => {
      expect(Object.keys(defineRoutes({ [route]: requires(bearer) }))).toEqual([route]);
    },
  );

  test.each<[string, Requirement]>([
    ['schemes must not be empty', { schemes: [] }],
    ['scopes must not be empty', { ...bearer, scopes: [] }],
    ['anyScope must not be empty', { ...bearer, anyScope: [] }],
    ['roles must not be empty', { ...bearer, roles: [] }],
    ['schemes may hold', { schemes: ['basic' as 'bearer'] }],
    ['scope token', { ...bearer, scopes: ['a b'] }],
    ['scope token', { ...bearer, anyScope: ['a', ''] }],
    ['anyScope with one', { ...bearer, anyScope: ['a'] }],
    ['role', { ...bearer, roles: [''] }],
    ['audience', { ...bearer, audience: '/x' }],
    ['acr', { ...bearer, acr: 'a b' }],
    ['maxAgeSeconds', { ...bearer, maxAgeSeconds: 0 }],
    ['maxAgeSeconds', { ...bearer, maxAgeSeconds: 1.5 }],
  ])('a requirement with a mistake names route and rule: %s', (message, requirement) => {
    expect(() => defineRoutes({ 'GET /x': requires(requirement) })).toThrow(message);
    expect(() => compileRoutes({ 'GET /x': requires(requirement) })).toThrow('route "GET /x"');
  });

  test('what is compiled is plain data, without the routes that no authorizer sees', () => {
    const compiled = compileRoutes({
      'GET /open': publicRoute(),
      'GET /x': requires({ ...bearer, scopes: ['a'] }),
    });
    expect(JSON.parse(JSON.stringify(compiled))).toEqual({
      'GET /x': { public: false, schemes: ['bearer'], scopes: ['a'], anyScope: [], roles: [] },
    });
  });

  test('a decision that depends on the time is not cacheable', () => {
    expect(isCacheable(requires(bearer))).toBe(true);
    expect(isCacheable(requires({ ...bearer, maxAgeSeconds: 300 }))).toBe(false);
  });
});
