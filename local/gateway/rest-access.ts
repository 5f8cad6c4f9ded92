import type { RestApiSpec, RestMethodSpec } from './api-spec.ts';
import type { RestRouted } from './event-v1.ts';
import type { CachingGatewayOptions } from './gateway-options.ts';
import { headerValues } from './gateway-request.ts';
import type { Refusal } from './gateway-response.ts';
import { resourcePolicy } from './resource-policy.ts';
import { type RestAllowed, type RestQuestion, restAuthorizers } from './rest-authorizer.ts';
import { methodKey, type UsagePlans } from './usage-plans.ts';
import type { ApiKeySpec } from './usage-spec.ts';

/** What is known of a caller who may pass. */
export interface RestAdmitted {
  /** `undefined` where the method has no authorizer. */
  readonly allowed: RestAllowed | undefined;
  /** `undefined` where the method requires no API key. */
  readonly apiKey: ApiKeySpec | undefined;
}

export interface RestAccessOptions extends CachingGatewayOptions {
  readonly nowMilliseconds: () => number;
  readonly plans: UsagePlans;
}

/**
 * Everything that stands between a request and its integration, in AWS's order: an explicit Deny of the resource policy,
 * the authorizer together with the rest of that policy, the API key, and what the key's usage plan allows.
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
    if (!method.apiKeyRequired) return { allowed, apiKey: undefined };
    const metered = options.plans.admit({
      apiId: spec.apiId,
      stageName: routed.stage.name,
      method: methodKey(method.path, method.httpMethod),
      keyValue: presentedKey(routed, allowed),
    });
    if (metered.kind === 'admitted') return { allowed, apiKey: metered.key };
    return { type: metered.type, authorizer: allowed?.context ?? {} };
  };

  /** With one source the other is not looked at. Two headers are no key: nobody says which of them counts. */
  function presentedKey(
    { request }: RestRouted,
    allowed: RestAllowed | undefined,
  ): string | undefined {
    if (spec.apiKeySource === 'AUTHORIZER') return allowed?.usageIdentifierKey;
    const values = headerValues(request.headers, 'x-api-key');
    return values.length === 1 ? values[0] : undefined;
  }
}

/** As AWS words it, the account shortened. */
function notAuthorized(methodArn: string, accountId: string, how: string): Refusal {
  const resource = methodArn.replace(`:${accountId}:`, `:${'*'.repeat(8)}${accountId.slice(-4)}:`);
  return {
    type: 'ACCESS_DENIED',
    message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${resource}${how}`,
  };
}
