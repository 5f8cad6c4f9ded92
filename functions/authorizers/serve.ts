import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { type AuthorizerEvent, authorizerSurface } from '../gateway/authorizer-surface.ts';
import type { SimpleAnswer } from '../gateway/http-authorizer.ts';
import { type AuthorizerPorts, authorizer } from './authorizer.ts';
import type { BundledPolicy } from './config.ts';
import { type RateLimiterPorts, rateLimiter } from './rate-limit.ts';

/** What a handler brings: who can authenticate, what calls are counted in, and the runtime. */
export type ServerPorts = Omit<AuthorizerPorts, 'table' | 'limiter'> & RateLimiterPorts;

export type AuthorizerHandler = (
  event: AuthorizerEvent,
) => Promise<APIGatewayAuthorizerResult | SimpleAnswer>;

/** An authorizer as Lambda calls it: an event of any surface in, the answer that this surface wants out. */
export function serve(ports: ServerPorts, { table, tiers }: BundledPolicy): AuthorizerHandler {
  return authorizerSurface({
    decide: authorizer({ ...ports, table, limiter: rateLimiter(ports) }),
    table,
    tiers,
    onFallback: (requestId) =>
      ports.audit.write({ event: 'fault', requestId, where: 'policy', fault: 'policy_fallback' }),
  });
}
