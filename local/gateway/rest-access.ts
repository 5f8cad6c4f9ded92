import type { RestApiSpec, RestMethodSpec } from './api-spec.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { Refusal } from './gateway-response.ts';
import { resourcePolicy } from './resource-policy.ts';
import { type RestAllowed, type RestQuestion, restAuthorizers } from './rest-authorizer.ts';

/** What is known of a caller who may pass. */
export interface RestAdmitted {
  /** `undefined` where the method has no authorizer. */
  readonly allowed: RestAllowed | undefined;
}

export interface RestAccessOptions extends GatewayOptions {
  readonly nowMilliseconds: () => number;
}

/**
 * Everything that stands between a request and its integration, in AWS's order: an explicit Deny of the resource policy,
 * then the authorizer together with the rest of that policy.
 */
export function restAccess(
  spec: RestApiSpec,
  apiArn: string,
  options: RestAccessOptions,
): (
  method: RestMethodSpec,
  question: Omit<RestQuestion, 'allowsSilence'>,
) => Promise<RestAdmitted | Refusal> {
  const authorize = restAuthorizers(spec, apiArn, options);
  const policy =
    spec.resourcePolicy === undefined ? undefined : resourcePolicy(spec.resourcePolicy);
  return async (method, question) => {
    const { routed, methodArn } = question;
    const verdict = policy?.({ methodArn, sourceIp: routed.request.sourceIp });
    if (verdict === 'explicit-deny') {
      return notAuthorized(methodArn, spec.accountId, ' with an explicit deny');
    }
    const allowed = await authorize(method, { ...question, allowsSilence: verdict === 'allow' });
    if (allowed !== undefined && 'type' in allowed) return allowed;
    // Without an authorizer, a resource policy has to say yes by itself.
    if (allowed === undefined && verdict === 'implicit-deny') {
      return notAuthorized(methodArn, spec.accountId, '');
    }
    return { allowed };
  };
}

/** As AWS words it, the account shortened. */
function notAuthorized(methodArn: string, accountId: string, how: string): Refusal {
  const resource = methodArn.replace(`:${accountId}:`, `:${'*'.repeat(8)}${accountId.slice(-4)}:`);
  return {
    type: 'ACCESS_DENIED',
    message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${resource}${how}`,
  };
}
