import { isAddressRange } from './address-range.ts';
import {
  type CredentialPlace,
  credentialPlaces,
  schemes as knownSchemes,
  type Scheme,
} from './credential.ts';
import type { CompiledPolicy } from './exact-policy/compile-exact-policy.ts';
import type { BucketRate } from './ports/token-buckets.ts';
import { isResourceIndicator } from './resource.ts';
import { isScopeToken } from './scope.ts';

/** What one route demands, as it was written. */
export type RoutePolicy = { readonly public: true } | ({ readonly public: false } & Requirement);

/** What one route demands, as it is compiled. Everything that is named must hold. */
export interface RouteRequirement {
  readonly schemes: readonly Scheme[];
  /** Where its credentials may stand. */
  readonly credentialIn: readonly CredentialPlace[];
  /** All of these. */
  readonly scopes: readonly string[];
  /** One of these, where there are any. */
  readonly anyScope: readonly string[];
  /** One of these, where there are any. */
  readonly roles: readonly string[];
  /** Audience that a credential must have beside the API's. */
  readonly audience?: string;
  /** Authentication context class that the user's authentication must have (RFC 9470 §3). */
  readonly acr?: string;
  /** The user's authentication is at most this old (RFC 9470 §3). */
  readonly maxAgeSeconds?: number;
  /** Addresses that it may be called from; empty: any. */
  readonly ip: readonly string[];
  /** `strict`: nothing in memory counts, neither API Gateway's nor ours. */
  readonly revocation: 'normal' | 'strict';
  /** Calls of one caller on this route, with whichever credential. */
  readonly rateLimit?: BucketRate;
  readonly cache: CacheMode;
}

/**
 * What API Gateway may replay. `policy`: one answer for the whole API, under the credential alone. `route`: an answer for
 * this route, under credential and route. `none`: nothing.
 */
export type CacheMode = 'policy' | 'route' | 'none';

/** A whole table as it is bundled with a function: plain data. */
export interface CompiledRoutes {
  /** The routes that need a credential, by route key. */
  readonly routes: Readonly<Record<string, RouteRequirement>>;
  /** The one place of a credential that API Gateway may replay answers under. */
  readonly identity: 'authorization' | 'x-api-key';
  /** Route keys in the order of `policy`; empty where no answer is for the whole API. */
  readonly policyRoutes: readonly string[];
  /** How grants become a policy that is right for every route. */
  readonly policy?: CompiledPolicy;
}

/** Route key (`GET /orders/{id}`) → policy. */
export type Routes = Readonly<Record<string, RoutePolicy>>;

/** What is written for a route. A list is left out or has entries: an empty one would demand nothing and look strict. */
export interface Requirement {
  readonly schemes: readonly Scheme[];
  /** @default the Authorization header; on `$connect` the subprotocol too */
  readonly credentialIn?: readonly CredentialPlace[];
  readonly scopes?: readonly string[];
  readonly anyScope?: readonly string[];
  readonly roles?: readonly string[];
  readonly audience?: string;
  readonly acr?: string;
  readonly maxAgeSeconds?: number;
  /** Addresses or CIDR ranges. @default any */
  readonly ip?: readonly string[];
  /** @default normal */
  readonly revocation?: 'normal' | 'strict';
  /** @default none */
  readonly rateLimit?: BucketRate;
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
    const problem =
      keyProblem(key) ?? (policy.public ? openProblem(key) : policyProblem(key, policy));
    if (problem !== undefined) throw new Error(`route "${key}": ${problem}`);
  }
  return routes;
}

/** The places that a route reads credentials from. */
export function placesOf(key: string, policy: Requirement): readonly CredentialPlace[] {
  const { credentialIn } = policy;
  return (
    credentialIn ?? (key === '$connect' ? ['authorization', 'subprotocol'] : ['authorization'])
  );
}

const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'ANY'];

function keyProblem(key: string): string | undefined {
  if (key === '$connect' || key === '$default') return undefined;
  const [verb = '', path = '', ...rest] = key.split(' ');
  if (verb === 'OPTIONS') return 'a preflight carries no credential: leave OPTIONS to CORS';
  if (rest.length > 0 || !verbs.includes(verb) || !path.startsWith('/')) {
    return `must be a verb (${verbs.join(', ')}), a space and a path template; or $connect, $default`;
  }
  if (/[*?$]/.test(path)) return 'a path must not hold *, ? or $: they mean something in a policy';
  const segments = path.slice(1).split('/');
  const isSegment = (segment: string) => /^(?:\{[A-Za-z0-9_.-]+\+?\}|[^{}\s]+)$/.test(segment);
  if (path !== '/' && !segments.every(isSegment)) return 'a path segment is a text or {name}';
  if (/\+\}\//.test(path)) return 'only the last segment can be greedy';
  return undefined;
}

/** What is left open must be a path that somebody spelt out. */
function openProblem(key: string): string | undefined {
  if (/\+\}$/.test(key)) return 'a greedy path must not be public: it opens what nobody thought of';
  return key.startsWith('$') ? `${key} must not be public` : undefined;
}

const listed = ['schemes', 'credentialIn', 'scopes', 'anyScope', 'roles', 'ip'] as const;

function policyProblem(key: string, policy: Requirement): string | undefined {
  const { schemes, scopes = [], anyScope = [], roles = [], audience, acr, maxAgeSeconds } = policy;
  const empty = listed.find((list) => policy[list]?.length === 0);
  if (empty !== undefined) return `${empty} must not be empty`;
  if (!schemes.every((scheme) => knownSchemes.includes(scheme))) {
    return `schemes may hold: ${knownSchemes.join(', ')}`;
  }
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
  return circumstanceProblem(key, policy);
}

function circumstanceProblem(key: string, policy: Requirement): string | undefined {
  const { schemes, ip = [], revocation = 'normal', rateLimit } = policy;
  const places = placesOf(key, policy);
  if (!places.every((place) => credentialPlaces.includes(place))) {
    return `credentialIn may hold: ${credentialPlaces.join(', ')}`;
  }
  if (places.includes('subprotocol') && key !== '$connect') {
    return 'only $connect has a subprotocol';
  }
  if (places.includes('x-api-key') && !schemes.includes('apikey')) {
    return 'x-api-key holds API keys, which this route does not accept';
  }
  if (places.includes('query') && key !== '$connect' && !schemes.includes('apikey')) {
    return 'only API keys may stand in a query (OAuth 2.1 §5.2.1 forbids it to bearer tokens)';
  }
  const needsHeader = schemes.some((scheme) => scheme === 'basic' || scheme === 'bearer');
  if (needsHeader && !places.includes('authorization') && key !== '$connect') {
    return 'bearer and basic credentials stand in the Authorization header: name it in credentialIn';
  }
  if (!ip.every(isAddressRange)) return 'ip may hold addresses and CIDR ranges';
  if (revocation !== 'normal' && revocation !== 'strict') return 'revocation is normal or strict';
  if (rateLimit === undefined) return undefined;
  const { perSecond, burst } = rateLimit;
  const isRate = perSecond > 0 && perSecond <= 100_000 && Number.isInteger(burst) && burst >= 1;
  return isRate
    ? undefined
    : 'rateLimit needs perSecond above 0 (at most 100000) and a whole burst of 1 or more';
}
