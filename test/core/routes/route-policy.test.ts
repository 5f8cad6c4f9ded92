import { describe, expect, test } from 'vitest';
import { compileRoutes, uncacheable } from '../../../functions/core/routes/compile-routes.ts';
import {
  defineRoutes,
  publicRoute,
  type Requirement,
  type RoutePolicy,
  requires,
} from '../../../functions/core/routes/route-policy.ts';

type Rate = Exclude<Requirement['rateLimit'], undefined>;

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
    ['GET /a/../b'],
    ['GET /./b'],
    ['GET /a/.'],
    ['GET /..b'],
    ['GET /{a+}/{b+}'],
  ])('"%s" is no route', (route) => {
    expect(() => defineRoutes({ [route]: publicRoute() })).toThrow(`route "${route}"`);
  });

  test.each([
    'GET /',
    'ANY /x',
    'GET /a/{b}',
    'GET /a/{b+}',
    'DELETE /a-b/c.d/~e',
    'GET /.well-known/{x}',
  ])('"%s" is one', (route) => {
    expect(Object.keys(defineRoutes({ [route]: requires(bearer) }))).toEqual([route]);
  });

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
      'bearer credentials stand in authorization',
      { schemes: ['apikey', 'bearer'], credentialIn: ['query'] },
    ],
    [
      'basic credentials stand in authorization',
      { schemes: ['apikey', 'basic'], credentialIn: ['x-api-key'] },
    ],
    ['ip must not be empty', { ...bearer, ip: [] }],
    ['ip may hold', { ...bearer, ip: ['10.0.0.0/33'] }],
    ['ip may hold', { ...bearer, ip: ['::1/129'] }],
    ['ip may hold', { ...bearer, ip: ['localhost'] }],
    ['revocation is', { ...bearer, revocation: 'sometimes' as 'strict' }],
    ['rateLimit needs', { ...bearer, rateLimit: { perSecond: 0, burst: 1 } }],
    ['rateLimit needs', { ...bearer, rateLimit: { perSecond: 1, burst: 0.5 } }],
    [
      'rateLimit needs',
      { ...bearer, rateLimit: { perSecond: 1, burst: 1, per: 'address' } as Rate },
    ],
    ['rateLimit needs', { ...bearer, rateLimit: { perSecond: '1', burst: 1 } as unknown as Rate }],
    ['rateLimit needs', { ...bearer, rateLimit: null as unknown as Rate }],
    // A bucket that no number can count: 503 on every call.
    ['at most 95 years', { ...bearer, rateLimit: { perSecond: 0.001, burst: 10_000_000 } }],
    ['scope token', { ...bearer, scopes: ['a b'] }],
    ['scope token', { ...bearer, anyScope: ['a', ''] }],
    ['anyScope with one', { ...bearer, anyScope: ['a'] }],
    ['role', { ...bearer, roles: [''] }],
    ['audience', { ...bearer, audience: '/x' }],
    ['acr', { ...bearer, acr: 'a b' }],
    ['maxAgeSeconds', { ...bearer, maxAgeSeconds: 0 }],
    ['maxAgeSeconds', { ...bearer, maxAgeSeconds: 1.5 }],
    ['acr', { ...bearer, acr: null as unknown as string }],
    ['audience', { ...bearer, audience: ['https://a.example'] as unknown as string }],
    ['roles is said by tokens alone', { schemes: ['apikey', 'basic'], roles: ['auditor'] }],
    ['acr is said by tokens alone', { schemes: ['certificate'], acr: 'urn:x' }],
    ['maxAgeSeconds is said by tokens alone', { schemes: ['basic'], maxAgeSeconds: 300 }],
  ])('a requirement with a mistake names route and rule: %s', (message, requirement) => {
    expect(() => defineRoutes({ 'GET /x': requires(requirement) })).toThrow(message);
    expect(() => compileRoutes({ 'GET /x': requires(requirement) })).toThrow('route "GET /x"');
  });

  test.each<[string, object]>([
    ['there is no scope: a requirement may have schemes, credentialIn', { scope: ['admin'] }],
    ['there is no maxAge', { maxAge: 300 }],
    ['there is no ips', { ips: ['192.0.2.0/24'] }],
    ['there is no toString', { toString: () => 'x' }],
    ['scopes must be a list of texts', { scopes: 'admin' }],
    ['scopes must be a list of texts', { scopes: new Set(['admin']) }],
    ['scopes must be a list of texts', { scopes: null }],
    ['roles must be a list of texts', { roles: [7] }],
    ['ip must be a list of texts', { ip: '192.0.2.1' }],
    ['schemes must be a list of texts', { schemes: 'bearer' }],
    ['schemes may hold', { schemes: undefined }],
    ['say publicRoute() or requires({…})', { public: 'no' }],
    ['say publicRoute() or requires({…})', { public: undefined }],
    ['say publicRoute() or requires({…})', { public: 0 }],
    ['a public route demands nothing, not schemes', { public: true }],
  ])('what JavaScript lets through is refused by name: %s', (message, written) => {
    const spread = { ...requires(bearer), ...written } as RoutePolicy;
    expect(() => defineRoutes({ 'GET /x': spread })).toThrow(`route "GET /x": ${message}`);
  });

  test('a requirement never becomes public by what is spread into it', () => {
    expect(requires({ ...bearer, ...publicRoute() })).toEqual({ ...bearer, public: false });
  });

  test.each([undefined, null, 'public', {}])('%j is no policy', (policy) => {
    const routes = { 'GET /x': policy as unknown as RoutePolicy };
    expect(() => defineRoutes(routes)).toThrow('route "GET /x": say publicRoute()');
  });

  test.each<[string, Requirement]>([
    ['a WebSocket API shows no client certificate', { schemes: ['certificate'] }],
    ['a WebSocket API shows no client certificate', { schemes: ['bearer', 'certificate'] }],
    ['basic credentials stand in authorization', { schemes: ['basic'], credentialIn: ['query'] }],
    [
      'basic credentials stand in authorization',
      { schemes: ['apikey', 'basic'], credentialIn: ['subprotocol'] },
    ],
    [
      'bearer credentials stand in authorization or query or subprotocol',
      { schemes: ['apikey', 'bearer'], credentialIn: ['x-api-key'] },
    ],
  ])('$connect has nothing that nobody can use: %s', (message, requirement) => {
    expect(() => defineRoutes({ $connect: requires(requirement) })).toThrow(message);
  });

  test.each<[string, Requirement]>([
    ['$connect', { schemes: ['bearer', 'apikey', 'basic'] }],
    ['$connect', { schemes: ['bearer', 'apikey'], credentialIn: ['query'] }],
    ['$connect', { schemes: ['apikey'], credentialIn: ['x-api-key'] }],
    ['GET /x', { schemes: ['bearer', 'apikey', 'certificate'], roles: ['auditor'] }],
    ['GET /x', { ...bearer, rateLimit: { perSecond: 0.001, burst: 1_000 } }],
    ['GET /x', { schemes: ['apikey'], credentialIn: ['query', 'x-api-key'] }],
  ])('"%s" may have %j', (key, requirement) => {
    expect(() => defineRoutes({ [key]: requires(requirement) })).not.toThrow();
  });

  test.each(['ANY /{x}', 'GET /{x}', 'GET /'])(
    '"%s" may be public, whose length is known',
    (key) => {
      expect(() => defineRoutes({ [key]: publicRoute() })).not.toThrow();
      expect(() => defineRoutes({ 'GET /{x+}': publicRoute() })).toThrow('greedy');
    },
  );

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
    ['basic', { schemes: ['bearer', 'basic'] }],
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
