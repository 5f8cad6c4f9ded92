import type { RoutePolicy, Routes } from '../functions/core/route-policy.ts';

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

/**
 * What is wrong between a route table and the API that it is for, one sentence each.
 *
 * @param expected the routes of the table that such an API can have
 * @param exposed every route of the API, as `GET /orders/{id}`
 * @param guarded those that were given the authorizer
 */
export function tableProblems(
  expected: readonly string[],
  routes: Routes,
  exposed: readonly string[],
  guarded: ReadonlySet<string>,
): string[] {
  const problems: string[] = [];
  for (const route of exposed) {
    const policy = Object.hasOwn(routes, route) ? routes[route] : undefined;
    if (policy === undefined) problems.push(`${route} has no route policy`);
    else if (!policy.public && !guarded.has(route)) {
      problems.push(`${route} needs a credential but was attached without the authorizer`);
    }
  }
  const isExposed = new Set(exposed);
  for (const route of expected) {
    if (!isExposed.has(route)) problems.push(`${route} has a policy but the API has no such route`);
  }
  return problems;
}
