import type { RestApiSpec, RestAuthorizerSpec, RestMethodSpec } from './api-spec.ts';
import { type AuthorizerOutcome, gatewayAuthorizer } from './authorizer.ts';
import { contextTexts } from './context-texts.ts';
import { eventV1, type RestRouted } from './event-v1.ts';
import { authorizerTimeoutMilliseconds, type CachingGatewayOptions } from './gateway-options.ts';
import type { Refusal } from './gateway-response.ts';
import { identityValues, parseIdentitySource } from './identity-source.ts';

/** What an integration is shown as `requestContext.authorizer`. */
export interface RestAllowed {
  readonly context: Readonly<Record<string, unknown>>;
  readonly usageIdentifierKey: string | undefined;
}

export interface RestQuestion {
  readonly routed: RestRouted;
  readonly methodArn: string;
  /** `$context` */
  readonly context: Readonly<Record<string, string>>;
  /** The resource policy allows the request by itself. */
  readonly allowsSilence: boolean;
}

type Ask = (question: RestQuestion) => Promise<AuthorizerOutcome | 'no-identity'>;

/** The authorizers of a REST API. @returns asks the one of a method; `undefined` where a method has none */
export function restAuthorizers(
  spec: RestApiSpec,
  apiArn: string,
  options: CachingGatewayOptions & { readonly nowMilliseconds: () => number },
): (method: RestMethodSpec, question: RestQuestion) => Promise<RestAllowed | Refusal | undefined> {
  const asks = new Map<string, Ask>();
  for (const { authorizer } of spec.methods) {
    if (authorizer === undefined || asks.has(authorizer.authorizerId)) continue;
    asks.set(authorizer.authorizerId, askOf(authorizer, spec, apiArn, options));
  }
  return async ({ authorizer }, question) => {
    const outcome = await asks.get(authorizer?.authorizerId ?? '')?.(question);
    if (outcome === undefined) return undefined;
    if (outcome === 'no-identity') return { type: 'UNAUTHORIZED' };
    switch (outcome.kind) {
      case 'allowed':
        return {
          context: {
            principalId: outcome.principalId,
            integrationLatency: outcome.latencyMilliseconds,
            ...contextTexts(outcome.context),
          },
          usageIdentifierKey: outcome.usageIdentifierKey,
        };
      case 'denied': {
        const message = outcome.isExplicit
          ? 'User is not authorized to access this resource with an explicit deny'
          : 'User is not authorized to access this resource';
        return { type: 'ACCESS_DENIED', message, authorizer: outcome.context };
      }
      case 'unauthorized':
        return { type: 'UNAUTHORIZED' };
      case 'misconfigured':
        return { type: 'AUTHORIZER_CONFIGURATION_ERROR' };
      case 'failed':
        return { type: 'AUTHORIZER_FAILURE' };
    }
  };
}

function askOf(
  authorizer: RestAuthorizerSpec,
  spec: RestApiSpec,
  apiArn: string,
  options: CachingGatewayOptions & { readonly nowMilliseconds: () => number },
): Ask {
  const sources = authorizer.identitySources
    .map((source) => parseIdentitySource(source, 'rest'))
    .filter((source) => source !== undefined);
  const { validationExpression } = authorizer;
  const isValid =
    validationExpression === undefined ? undefined : new RegExp(`^(?:${validationExpression})$`);
  const ask = gatewayAuthorizer({
    ...{ spec: authorizer, accountId: spec.accountId, form: 'policy', contextForm: 'flat' },
    authorizerArn: `${apiArn}/authorizers/${authorizer.authorizerId}`,
    functions: options.functions,
    log: options.log,
    nowMilliseconds: options.nowMilliseconds,
    timeoutMilliseconds: options.authorizerTimeoutMilliseconds ?? authorizerTimeoutMilliseconds,
  });
  return async ({ routed, methodArn, context, allowsSilence }) => {
    const { request, stage } = routed;
    const stageVariables = stage.variables;
    const identity = identityValues(sources, { request, context, stageVariables });
    if (identity === undefined) return 'no-identity';
    const [token = ''] = identity;
    if (isValid !== undefined && !isValid.test(token)) return 'no-identity';
    const event = (): unknown =>
      authorizer.kind === 'TOKEN'
        ? { type: 'TOKEN', authorizationToken: token, methodArn }
        : { type: 'REQUEST', methodArn, ...eventV1(routed) };
    const cache = options.caches.of(stage.name, authorizer);
    return ask({ identity, methodArn, allowsSilence, cache, event });
  };
}
