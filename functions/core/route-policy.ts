import { isResourceIndicator } from './resource.ts';
import { isScopeToken } from './scope.ts';

/** What one route demands, as it was written. */
export type RoutePolicy = { readonly public: true } | ({ readonly public: false } & Requirement);

/** What one route demands, as it is compiled. Everything that is named must hold. */
export interface RouteRequirement {
  readonly public: false;
  readonly schemes: readonly Scheme[];
  /** All of these. */
  readonly scopes: readonly string[];
  /** One of these, where there are any. */
  readonly anyScope: readonly string[];
  /** One of these, where there are any. */
  readonly roles: readonly string[];
  /** Audience that a token must have beside the API's. */
  readonly audience?: string;
  /** Authentication context class that the user's authentication must have (RFC 9470 §3). */
  readonly acr?: string;
  /** The user's authentication is at most this old (RFC 9470 §3). */
  readonly maxAgeSeconds?: number;
}

/** How a caller may prove who it is. */
export type Scheme = 'bearer';

/** Route key (`GET /orders/{id}`) → policy. */
export type Routes = Readonly<Record<string, RoutePolicy>>;

/** What is written for a route. A list is left out or has entries: an empty one would demand nothing and look strict. */
export interface Requirement {
  readonly schemes: readonly Scheme[];
  readonly scopes?: readonly string[];
  readonly anyScope?: readonly string[];
  readonly roles?: readonly string[];
  readonly audience?: string;
  readonly acr?: string;
  readonly maxAgeSeconds?: number;
}

/** A route that anybody may call. Said out loud, because nothing is public by omission. */
export function publicRoute(): RoutePolicy {
  return { public: true };
}

/** A route that needs a credential. */
export function requires(requirement: Requirement): RoutePolicy {
  return { public: false, ...requirement };
}

/** Checks a route table; throws with the name of the first route that is wrong, and with what is allowed. */
export function defineRoutes(routes: Routes): Routes {
  for (const [key, policy] of Object.entries(routes)) {
    const problem = keyProblem(key) ?? (policy.public ? undefined : policyProblem(policy));
    if (problem !== undefined) throw new Error(`route "${key}": ${problem}`);
  }
  return routes;
}

export function isPublic(policy: RoutePolicy): boolean {
  return policy.public;
}

/** May a gateway replay a decision of this route? Not where the decision depends on the time. */
export function isCacheable(policy: RoutePolicy): boolean {
  return policy.public || policy.maxAgeSeconds === undefined;
}

/** The table as plain data, without the routes that no authorizer ever sees. */
export function compileRoutes(routes: Routes): Readonly<Record<string, RouteRequirement>> {
  const compiled: Record<string, RouteRequirement> = {};
  for (const [key, policy] of Object.entries(defineRoutes(routes))) {
    if (policy.public) continue;
    const { scopes = [], anyScope = [], roles = [], ...rest } = policy;
    compiled[key] = { ...rest, scopes, anyScope, roles };
  }
  return compiled;
}

const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'ANY'];

function keyProblem(key: string): string | undefined {
  const [verb = '', path = '', ...rest] = key.split(' ');
  if (key === '$default' || verb === 'OPTIONS') return 'only routes with a verb can be guarded';
  if (rest.length > 0 || !verbs.includes(verb) || !path.startsWith('/')) {
    return `must be a verb (${verbs.join(', ')}), a space and a path template`;
  }
  if (/[*?$]/.test(path)) return 'a path must not hold *, ? or $: they mean something in a policy';
  const segments = path.slice(1).split('/');
  const isSegment = (segment: string) => /^(?:\{[A-Za-z0-9_.-]+\+?\}|[^{}\s]+)$/.test(segment);
  if (path !== '/' && !segments.every(isSegment)) return 'a path segment is a text or {name}';
  return undefined;
}

function policyProblem(policy: Requirement): string | undefined {
  const { schemes, scopes = [], anyScope = [], roles = [], audience, acr, maxAgeSeconds } = policy;
  for (const list of ['schemes', 'scopes', 'anyScope', 'roles'] as const) {
    if (policy[list]?.length === 0) return `${list} must not be empty`;
  }
  if (!schemes.every((scheme) => scheme === 'bearer')) return 'schemes may hold: bearer';
  if (![...scopes, ...anyScope].every(isScopeToken))
    return 'a scope is a scope token (RFC 6749 §3.3)';
  if (anyScope.length === 1) return 'anyScope with one scope: say scopes';
  if (!roles.every((role) => role !== '')) return 'a role must not be empty';
  if (audience !== undefined && !isResourceIndicator(audience)) {
    return 'audience must be an absolute URI without a fragment (RFC 8707 §2)';
  }
  if (acr !== undefined && !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(acr))
    return 'acr must be one printable word';
  if (maxAgeSeconds !== undefined && !(Number.isInteger(maxAgeSeconds) && maxAgeSeconds > 0)) {
    return 'maxAgeSeconds must be a positive whole number';
  }
  return undefined;
}
