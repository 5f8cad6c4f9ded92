import { describe, expect, test } from 'vitest';
import { compileRoutes, uncacheable } from '../../../functions/core/routes/compile-routes.ts';
import {
  publicRoute,
  type Requirement,
  type Routes,
  requires,
} from '../../../functions/core/routes/route-policy.ts';

const bearer = { schemes: ['bearer'] } as const;
const key = { schemes: ['apikey'] } as const;

function caches(routes: Routes, options = {}): Readonly<Record<string, string>> {
  const { routes: compiled } = compileRoutes(routes, options);
  return Object.fromEntries(Object.entries(compiled).map(([name, { cache }]) => [name, cache]));
}

describe('what API Gateway may replay', () => {
  test('one policy for the whole API where the credential alone decides, nothing where it does not', () => {
    const compiled = compileRoutes({
      'GET /open': publicRoute(),
      'GET /a': requires({ ...bearer, scopes: ['a'] }),
      'GET /a/{id}': requires({ ...bearer, scopes: ['a'] }),
      'DELETE /a/{id}': requires({ ...bearer, revocation: 'strict' }),
      $connect: requires(bearer),
    });
    expect(compiled.obstacles).toEqual([]);
    expect(compiled.policyRoutes).toEqual(['GET /open', 'GET /a', 'GET /a/{id}', 'DELETE /a/{id}']);
    expect(compiled.policy?.routes.map(({ isOpen, isElsewhere }) => [isOpen, isElsewhere])).toEqual(
      [
        [true, undefined],
        [undefined, undefined],
        [undefined, undefined],
        [undefined, true],
      ],
    );
    expect(Object.entries(compiled.routes).map(([name, { cache }]) => `${name}: ${cache}`)).toEqual(
      ['GET /a: policy', 'GET /a/{id}: policy', 'DELETE /a/{id}: none', '$connect: none'],
    );
  });

  test('an answer for each route where no policy can be right, with the names of the routes that collide', () => {
    const routes = {
      'GET /{proxy+}': requires({ ...bearer, scopes: ['all'] }),
      'GET /users/{id}': requires({ ...bearer, scopes: ['users'] }),
      'GET /users/me': requires({ ...bearer, scopes: ['self'] }),
    };
    const compiled = compileRoutes(routes);
    expect(caches(routes)).toEqual({
      'GET /{proxy+}': 'route',
      'GET /users/{id}': 'route',
      'GET /users/me': 'route',
    });
    expect(compiled.policy).toBeUndefined();
    expect(compiled.policyRoutes).toEqual([]);
    const [obstacle = ''] = compiled.obstacles;
    expect(obstacle).toContain('GET /users/{id}');
    expect(obstacle).toContain('GET /{proxy+}');
  });

  test('an answer for each route where a policy would not fit', () => {
    const routes = Object.fromEntries(
      Array.from({ length: 90 }, (_, i) => [
        `GET /collection-${i}/{id}/items`,
        requires({ ...bearer, scopes: [`s${i}`] }),
      ]),
    );
    const { obstacles } = compileRoutes(routes);
    expect(obstacles[0]).toMatch(/a policy could have \d+ bytes/);
    expect(new Set(Object.values(caches(routes)))).toEqual(new Set(['route']));
  });

  test.each([
    ['GET /@me', bearer],
    ['GET /a+b', { ...bearer, revocation: 'strict' }],
    ['GET /at;v=1/{id}', bearer],
  ] as const)('an answer for each route where no policy can name one: %s', (unnameable, policy) => {
    const routes = { 'GET /a': requires(bearer), [unnameable]: requires(policy) };
    const { obstacles } = compileRoutes(routes);
    expect(obstacles).toEqual([expect.stringContaining(`no policy can name ${unnameable}:`)]);
    expect(caches(routes)['GET /a']).toBe('route');
  });

  test('nothing at all where nothing may be replayed', () => {
    const routes = { 'GET /a': requires(bearer) };
    expect(caches(routes, { isReplayed: false })).toEqual({ 'GET /a': 'none' });
    expect(compileRoutes(routes, { isReplayed: false }).policy).toBeUndefined();
  });

  test('keys in x-api-key where that header is the key of the cache, and nothing that stands elsewhere', () => {
    const inHeader = { ...key, credentialIn: ['x-api-key'] } as const;
    const routes = {
      'GET /a': requires(inHeader),
      'GET /b': requires(key),
      'GET /c': requires({ ...key, credentialIn: ['authorization', 'x-api-key'] }),
    };
    expect(caches(routes, { identity: 'x-api-key' })).toEqual({
      'GET /a': 'policy',
      'GET /b': 'none',
      'GET /c': 'none',
    });
    expect(caches(routes)).toEqual({ 'GET /a': 'none', 'GET /b': 'policy', 'GET /c': 'none' });
  });

  test('no answer to a password, whatever else a route accepts: a lock would be passed with an answer of the cache', () => {
    const routes = {
      'GET /a': requires(bearer),
      'GET /b': requires({ schemes: ['basic'] }),
      'GET /c': requires({ schemes: ['bearer', 'apikey', 'basic'] }),
    };
    for (const identity of ['authorization', 'x-api-key'] as const) {
      expect(caches(routes, { identity })).toMatchObject({ 'GET /b': 'none', 'GET /c': 'none' });
    }
    const { policy, policyRoutes } = compileRoutes(routes);
    const elsewhere = policyRoutes.filter((_, i) => policy?.routes[i]?.isElsewhere);
    expect(elsewhere).toEqual(['GET /b', 'GET /c']);
    expect(compileRoutes({ 'GET /b': routes['GET /b'] })).toMatchObject({
      policyRoutes: [],
      obstacles: [],
    });
  });

  test('two routes that somebody may have one of are named, for the resource policy that would open the other', () => {
    const one = compileRoutes({
      'GET /users/{id}': requires({ ...bearer, scopes: ['users'] }),
      'GET /users/me': requires({ ...bearer, scopes: ['self'] }),
    });
    expect(one.obstacles).toEqual([]);
    expect(one.silentRefusal).toEqual({ refused: 'GET /users/{id}', granted: 'GET /users/me' });
    const all = compileRoutes({
      'GET /users/{id}': requires({ ...bearer, scopes: ['users'] }),
      'GET /users/me': requires({ ...bearer, scopes: ['users'] }),
    });
    expect(all.silentRefusal).toBeUndefined();
  });

  test.each<[string, Requirement]>([
    ['acr', { ...bearer, acr: 'urn:x' }],
    ['time', { ...bearer, maxAgeSeconds: 1 }],
    ['address', { ...bearer, ip: ['::/0'] }],
    ['strict', { ...bearer, revocation: 'strict' }],
    ['counts', { ...bearer, rateLimit: { perSecond: 1, burst: 1 } }],
    ['certificate', { schemes: ['certificate'] }],
    ['failures and addresses', { schemes: ['basic'] }],
    ['failures and addresses', { schemes: ['bearer', 'basic'] }],
  ])('never what depends on more than the credential: %s', (why, requirement) => {
    expect(uncacheable('GET /x', requirement)).toContain(why);
    expect(uncacheable('GET /x', bearer)).toBeUndefined();
  });
});
