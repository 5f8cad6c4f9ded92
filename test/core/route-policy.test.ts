import { describe, expect, test } from 'vitest';
import { compileRoutes, uncacheable } from '../../functions/core/compile-routes.ts';
import {
  defineRoutes,
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
    ['OPTIONS /x'],
    ['TRACE /x'],
    ['GET /x*'],
    ['GET /x?y'],
    ['GET /$x'],
    ['GET /a//b'],
    ['GET /a/'],
    ['GET /{a}{b}'],
    ['GET /a{b}'],
    ['GET /{a+}/b'],
    ['GET /{a+}/{b+}'],
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
    ['schemes may hold', { schemes: ['digest' as 'bearer'] }],
    ['credentialIn must not be empty', { ...bearer, credentialIn: [] }],
    ['credentialIn may hold', { ...bearer, credentialIn: ['cookie' as 'query'] }],
    ['only $connect has', { ...bearer, credentialIn: ['authorization', 'subprotocol'] }],
    ['x-api-key holds API keys', { ...bearer, credentialIn: ['authorization', 'x-api-key'] }],
    ['only API keys may stand in a query', { ...bearer, credentialIn: ['query'] }],
    [
      'stand in the Authorization header',
      { schemes: ['bearer', 'apikey'], credentialIn: ['query'] },
    ],
    ['ip must not be empty', { ...bearer, ip: [] }],
    ['ip may hold', { ...bearer, ip: ['10.0.0.0/33'] }],
    ['ip may hold', { ...bearer, ip: ['::1/129'] }],
    ['ip may hold', { ...bearer, ip: ['localhost'] }],
    ['revocation is', { ...bearer, revocation: 'sometimes' as 'strict' }],
    ['rateLimit needs', { ...bearer, rateLimit: { perSecond: 0, burst: 1 } }],
    ['rateLimit needs', { ...bearer, rateLimit: { perSecond: 1, burst: 0.5 } }],
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
    expect(JSON.parse(JSON.stringify(compiled.routes))).toEqual({
      'GET /x': {
        schemes: ['bearer'],
        credentialIn: ['authorization'],
        scopes: ['a'],
        anyScope: [],
        roles: [],
        ip: [],
        revocation: 'normal',
        cache: 'policy',
      },
    });
  });

  test.each<[string, Requirement]>([
    ['time', { ...bearer, maxAgeSeconds: 300 }],
    ['address', { ...bearer, ip: ['192.0.2.0/24'] }],
    ['strict', { ...bearer, revocation: 'strict' }],
    ['counts', { ...bearer, rateLimit: { perSecond: 1, burst: 1 } }],
    ['certificate', { schemes: ['bearer', 'certificate'] }],
    ['x-api-key', { schemes: ['apikey'], credentialIn: ['authorization', 'x-api-key'] }],
    ['query', { schemes: ['apikey'], credentialIn: ['query'] }],
  ])(
    'a decision that depends on more than the header is never replayed: %s',
    (why, requirement) => {
      expect(uncacheable('GET /x', requirement)).toContain(why);
      expect(compileRoutes({ 'GET /x': requires(requirement) }).routes['GET /x']?.cache).toBe(
        'none',
      );
      expect(uncacheable('GET /x', bearer)).toBeUndefined();
    },
  );
});
