import type { AuthorizerSpec, WebSocketApiSpec } from './api-spec.ts';
import { gatewayAuthorizer } from './authorizer.ts';
import { contextTexts } from './context-texts.ts';
import { authorizerTimeoutMilliseconds, type GatewayOptions } from './gateway-options.ts';
import type { GatewayRequest } from './gateway-request.ts';
import { identityValues, parseIdentitySource } from './identity-source.ts';
import { connectEvent, type WebSocketMoment, type WebSocketPeer } from './web-socket-events.ts';

/** Who may connect; `authorizer` is what all events of the connection carry. */
export type ConnectVerdict =
  | { readonly kind: 'allowed'; readonly authorizer: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 500; readonly message: string };

/**
 * Asks the authorizer of `$connect`. No answer is ever replayed: WebSocket APIs have no result cache. The ARN that the
 * policy is evaluated against has no verb, so that a policy for `<stage>/*` + `/*` does not reach it.
 */
export function webSocketAuthorizer(
  spec: WebSocketApiSpec,
  authorizer: AuthorizerSpec,
  apiArn: string,
  options: GatewayOptions & { readonly nowMilliseconds: () => number },
): (
  peer: WebSocketPeer,
  moment: WebSocketMoment,
  request: GatewayRequest,
) => Promise<ConnectVerdict> {
  const sources = authorizer.identitySources
    .map((source) => parseIdentitySource(source, 'webSocket'))
    .filter((source) => source !== undefined);
  const ask = gatewayAuthorizer({
    ...{ spec: authorizer, accountId: spec.accountId, form: 'policy', contextForm: 'flat' },
    authorizerArn: `${apiArn}/authorizers/${authorizer.authorizerId}`,
    functions: options.functions,
    log: options.log,
    nowMilliseconds: options.nowMilliseconds,
    timeoutMilliseconds: options.authorizerTimeoutMilliseconds ?? authorizerTimeoutMilliseconds,
  });
  return async (peer, moment, request) => {
    const stageVariables = peer.stage.variables;
    const identity = identityValues(sources, { request, context: {}, stageVariables });
    if (identity === undefined) return refused(401, 'Unauthorized');
    const methodArn = `${apiArn}/${peer.stage.name}/$connect`;
    const event = (): unknown => ({
      type: 'REQUEST',
      methodArn,
      ...connectEvent(peer, moment, request, 'authorizer'),
    });
    const outcome = await ask({ identity, methodArn, event });
    switch (outcome.kind) {
      case 'allowed':
        return {
          kind: 'allowed',
          authorizer: {
            principalId: outcome.principalId,
            integrationLatency: outcome.latencyMilliseconds,
            ...contextTexts(outcome.context),
          },
        };
      case 'denied':
        return refused(403, 'Forbidden');
      case 'unauthorized':
        return refused(401, 'Unauthorized');
      case 'misconfigured':
      case 'failed':
        return refused(500, 'Internal server error');
    }
  };
}

function refused(status: 401 | 403 | 500, message: string): ConnectVerdict {
  return { kind: 'refused', status, message };
}
