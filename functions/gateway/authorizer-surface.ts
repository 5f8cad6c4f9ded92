import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';
import type { AuthRequest } from '../core/routes/auth-request.ts';
import { exactPolicy, type PolicyResources } from '../core/routes/exact-policy/exact-policy.ts';
import { fallbackAnswer } from '../core/routes/exact-policy/fallback-answer.ts';
import { rememberedPolicies } from '../core/routes/exact-policy/remembered-policies.ts';
import type { Judgement } from '../core/routes/judgement.ts';
import type { CompiledRoutes } from '../core/routes/route-policy.ts';
import { httpAuthRequest, type SimpleAnswer, simpleAnswer } from './http-authorizer.ts';
import { policyAnswer } from './policy-answer.ts';
import { type RestAuthorizerEvent, restAuthRequest, tokenAuthRequest } from './rest-authorizer.ts';
import { type WebSocketAuthorizerEvent, webSocketAuthRequest } from './websocket-authorizer.ts';

/** Whatever API Gateway may send to a Lambda authorizer. */
export type AuthorizerEvent =
  | APIGatewayTokenAuthorizerEvent
  | RestAuthorizerEvent
  | APIGatewayRequestAuthorizerEventV2
  | WebSocketAuthorizerEvent;

export interface AuthorizerSurface {
  readonly decide: (request: AuthRequest) => Promise<Judgement & { readonly decisionId: string }>;
  readonly table: CompiledRoutes;
  /** Tier → value of the API Gateway key that stands for it in a usage plan; '' for whoever has none. */
  readonly tiers: Readonly<Record<string, string>>;
  /** Told when no exact policy could be made. Synth rules it out, so somebody should look. */
  readonly onFallback: (requestId: string) => void;
}

/** Reads an event of any surface, has it decided, and answers as that surface wants it. An unknown event throws. */
export function authorizerSurface({
  decide,
  table,
  tiers,
  onFallback,
}: AuthorizerSurface): (
  event: AuthorizerEvent,
) => Promise<APIGatewayAuthorizerResult | SimpleAnswer> {
  const exact =
    table.policy === undefined ? undefined : rememberedPolicies(exactPolicy(table.policy));
  const ofTier = (tier: string): string | undefined =>
    Object.hasOwn(tiers, tier) ? tiers[tier] : undefined;

  return async (event) => {
    if (isVersion2(event)) {
      return simpleAnswer(await decide(httpAuthRequest(event)));
    }
    const request = requestOf(event, table.identity);
    return policyAnswer(await decide(request), request, {
      methodArn: event.methodArn,
      policy: (granted) => policyOf(granted, request),
      usageIdentifierKey: (principal) =>
        principal?.usagePlanKey ?? ofTier(principal?.tier ?? '') ?? ofTier(''),
    });
  };

  function policyOf(
    granted: ReadonlySet<number>,
    { route, stageArn, requestId }: AuthRequest,
  ): PolicyResources {
    if (exact === undefined || table.policy === undefined) {
      throw new Error('a table whose answers are never for a whole API');
    }
    const answer = exact(granted, stageArn);
    if (answer.isExact) return answer;
    onFallback(requestId);
    const named = [route?.key, `ANY ${route?.template}`];
    const index = table.policyRoutes.findIndex((key) => named.includes(key));
    return granted.has(index)
      ? fallbackAnswer(table.policy, index, stageArn)
      : { allow: [], deny: [`${stageArn}/*`] };
  }
}

type Version1Event = Exclude<AuthorizerEvent, APIGatewayRequestAuthorizerEventV2>;

function requestOf(event: Version1Event, identity: string): AuthRequest {
  if (event.type === 'TOKEN') return tokenAuthRequest(event, identity);
  if (event.type !== 'REQUEST' || !('methodArn' in event)) {
    throw new Error('an event of an unknown surface');
  }
  return isConnect(event) ? webSocketAuthRequest(event) : restAuthRequest(event);
}

function isVersion2(event: AuthorizerEvent): event is APIGatewayRequestAuthorizerEventV2 {
  return 'version' in event && event.version === '2.0';
}

function isConnect(
  event: RestAuthorizerEvent | WebSocketAuthorizerEvent,
): event is WebSocketAuthorizerEvent {
  return 'eventType' in event.requestContext && event.requestContext.eventType === 'CONNECT';
}
