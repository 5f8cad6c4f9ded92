import type { RoutePolicy, Routes } from '../functions/core/routes/route-policy.ts';

/** The policy of a route; throws with its name when the table has none: nothing is public by omission. */
export function policyOf(routes: Routes, route: string): RoutePolicy {
  const policy = Object.hasOwn(routes, route) ? routes[route] : undefined;
  if (policy === undefined) {
    throw new Error(
      `${route} has no policy in defineRoutes({…}): add requires(…) or publicRoute()`,
    );
  }
  return policy;
}
