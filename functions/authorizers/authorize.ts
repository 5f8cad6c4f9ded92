import { isAddressIn } from '../core/address-range.ts';
import { clockSkewMaxSeconds } from '../core/durations.ts';
import type { Decision, DenyReason } from '../core/routes/decision.ts';
import type { Principal } from '../core/routes/principal.ts';
import type { RouteRequirement } from '../core/routes/route-policy.ts';

/**
 * What a route says to somebody whose credential is good.
 *
 * @param sourceIp of the caller; a route with addresses refuses who has none
 * @param now epoch seconds
 */
export function authorize(
  policy: RouteRequirement,
  principal: Principal,
  sourceIp: string | undefined,
  now: number,
): Decision {
  const refused = (reason: DenyReason): Decision => ({ outcome: 'deny', reason, principal });
  if (!policy.schemes.includes(principal.scheme)) return refused('unsupported_scheme');
  if (policy.ip.length > 0 && !(sourceIp !== undefined && isAddressIn(sourceIp, policy.ip))) {
    return refused('ip_denied');
  }
  if (policy.audience !== undefined && !principal.audience.includes(policy.audience)) {
    return refused('wrong_audience');
  }
  const { scope: held } = principal;
  const lacksOne = policy.scopes.some((scope) => !held.includes(scope));
  const lacksAll =
    policy.anyScope.length > 0 && !policy.anyScope.some((scope) => held.includes(scope));
  if (lacksOne || lacksAll) {
    const scope = [...policy.scopes, ...policy.anyScope];
    return { outcome: 'deny', reason: 'insufficient_scope', principal, challenge: { scope } };
  }
  if (policy.roles.length > 0 && !policy.roles.some((role) => principal.roles.includes(role))) {
    return refused('insufficient_role');
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
