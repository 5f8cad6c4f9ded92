import type { BucketRate } from '../ports/token-buckets.ts';
import type { CredentialPlace, Scheme } from './credential.ts';
import type { CompiledPolicy } from './exact-policy/compile-exact-policy.ts';
import { routeProblem } from './route-problem.ts';

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
  return { ...requirement, public: false };
}

/** Checks a route table; throws with the name of the first route that is wrong, and with what is allowed. */
export function defineRoutes(routes: Routes): Routes {
  for (const [key, policy] of Object.entries(routes)) {
    const problem = routeProblem(key, policy);
    if (problem !== undefined) throw new Error(`route "${key}": ${problem}`);
  }
  return routes;
}
