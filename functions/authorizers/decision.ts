import type { AuthRequest } from '../core/auth-request.ts';
import { presentedCredential } from '../core/credential.ts';
import type { Decision } from '../core/decision.ts';
import { clockSkewMaxSeconds } from '../core/durations.ts';
import type { Principal } from '../core/principal.ts';
import type { RouteRequirement } from '../core/route-policy.ts';
import type { Authenticator } from './scheme.ts';

export interface DecisionMaker {
  /** Policies of the routes that need a credential, by route key. */
  readonly routes: Readonly<Record<string, RouteRequirement>>;
  readonly authenticators: readonly Authenticator[];
}

/**
 * Decides for one request on its matched route. A route without a policy is denied: nothing is public by omission. A
 * credential is checked as what it says it is and as nothing else. Throws `Unavailable` when a scheme cannot tell: that is
 * neither yes nor no.
 */
export async function decide(
  { routes, authenticators }: DecisionMaker,
  request: AuthRequest,
  now: number,
): Promise<Decision> {
  const policy = policyOf(routes, request);
  if (policy === undefined) return { outcome: 'deny', reason: 'route_not_declared' };
  const presented = presentedCredential(request, policy.credentialIn);
  if (!presented.ok) return { outcome: 'deny', reason: presented.error };
  const { scheme, value } = presented.value;
  const authenticator = authenticators.find((one) => one.scheme === scheme);
  if (authenticator === undefined || !policy.schemes.includes(scheme)) {
    // A certificate that nobody asked for is no credential.
    const reason = scheme === 'certificate' ? 'missing_credential' : 'unsupported_scheme';
    return { outcome: 'deny', reason };
  }
  const authentication = await authenticator.authenticate(value, {
    now,
    sourceIp: request.sourceIp,
    isReplayed: policy.cache !== 'none',
    isStrict: policy.revocation === 'strict',
  });
  return authentication.kind === 'rejected'
    ? { outcome: 'deny', reason: authentication.reason }
    : authorize(policy, authentication.principal, now);
}

function policyOf(
  routes: DecisionMaker['routes'],
  { route }: AuthRequest,
): RouteRequirement | undefined {
  if (route === undefined) return undefined;
  if (Object.hasOwn(routes, route.key)) return routes[route.key];
  const any = `ANY ${route.template}`;
  return Object.hasOwn(routes, any) ? routes[any] : undefined;
}

function authorize(policy: RouteRequirement, principal: Principal, now: number): Decision {
  if (policy.audience !== undefined && !principal.audience.includes(policy.audience)) {
    return { outcome: 'deny', reason: 'wrong_audience', principal };
  }
  const held = new Set(principal.scope);
  const lacksOne = policy.scopes.some((scope) => !held.has(scope));
  const lacksAll = policy.anyScope.length > 0 && !policy.anyScope.some((scope) => held.has(scope));
  if (lacksOne || lacksAll) {
    const scope = [...policy.scopes, ...policy.anyScope];
    return { outcome: 'deny', reason: 'insufficient_scope', principal, challenge: { scope } };
  }
  if (policy.roles.length > 0 && !policy.roles.some((role) => principal.roles.includes(role))) {
    return { outcome: 'deny', reason: 'insufficient_role', principal };
  }
  if (!isAuthenticatedEnough(policy, principal, now)) {
    const { acr, maxAgeSeconds } = policy;
    const challenge = {
      ...(acr === undefined ? {} : { acr }),
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    };
    return { outcome: 'deny', reason: 'step_up_required', principal, challenge };
  }
  return { outcome: 'allow', principal };
}

/** The right kind of authentication, recently enough (RFC 9470 §3, §4). */
function isAuthenticatedEnough(
  { acr, maxAgeSeconds }: RouteRequirement,
  principal: Principal,
  now: number,
): boolean {
  if (acr !== undefined && principal.acr !== acr) return false;
  if (maxAgeSeconds === undefined) return true;
  if (principal.authTime === undefined) return false;
  // A time to come, in milliseconds perhaps, would stay fresh for ever.
  const age = now - principal.authTime;
  return age <= maxAgeSeconds && age >= -clockSkewMaxSeconds;
}
