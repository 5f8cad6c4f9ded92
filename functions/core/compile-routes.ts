import {
  type CacheMode,
  defineRoutes,
  placesOf,
  type Requirement,
  type RouteRequirement,
  type Routes,
} from './route-policy.ts';

/** The table as plain data, without the routes that no authorizer ever sees. */
export function compileRoutes(routes: Routes): Readonly<Record<string, RouteRequirement>> {
  const compiled: Record<string, RouteRequirement> = {};
  for (const [key, policy] of Object.entries(defineRoutes(routes))) {
    if (policy.public) continue;
    const { public: _, scopes = [], anyScope = [], roles = [], ip = [], ...rest } = policy;
    const { revocation = 'normal' } = policy;
    const cache: CacheMode = uncacheable(key, policy) === undefined ? 'route' : 'none';
    compiled[key] = {
      ...rest,
      ...{ scopes, anyScope, roles, ip, revocation, cache },
      credentialIn: placesOf(key, policy),
    };
  }
  return compiled;
}

/**
 * Why API Gateway must not replay a decision of this route: it depends on something that is not in the cache's key.
 * `undefined` where it may.
 */
export function uncacheable(key: string, policy: Requirement): string | undefined {
  const { maxAgeSeconds, ip, revocation, rateLimit, schemes } = policy;
  if (key === '$connect') return 'a WebSocket API replays nothing';
  if (revocation === 'strict') return 'revocation is strict';
  if (maxAgeSeconds !== undefined) return 'maxAgeSeconds depends on the time';
  if (ip !== undefined) return 'ip depends on the caller\u2019s address';
  if (rateLimit !== undefined) return 'rateLimit counts every call';
  if (schemes.includes('certificate')) return 'a certificate is in no header';
  const elsewhere = placesOf(key, policy).find((place) => place !== 'authorization');
  return elsewhere === undefined ? undefined : `credentials may stand in ${elsewhere}`;
}
