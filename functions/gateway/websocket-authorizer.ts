import type { AuthRequest } from '../core/routes/auth-request.ts';
import { stageArnOf } from '../core/routes/method-arn.ts';
import { headerValues, requestValues } from './request-values.ts';

/** What a WebSocket API sends to the authorizer of `$connect`: there is no verb and no path. */
export interface WebSocketAuthorizerEvent {
  readonly type: 'REQUEST';
  readonly methodArn: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueQueryStringParameters?: Readonly<
    Record<string, readonly string[] | undefined>
  > | null;
  readonly requestContext: {
    readonly routeKey: '$connect';
    readonly eventType: 'CONNECT';
    readonly requestId: string;
    readonly connectionId: string;
    readonly identity: { readonly sourceIp: string };
  };
}

export function webSocketAuthRequest(event: WebSocketAuthorizerEvent): AuthRequest {
  const { routeKey, requestId, connectionId, identity } = event.requestContext;
  return {
    surface: 'websocket',
    stageArn: stageArnOf(event.methodArn),
    route: { method: '', template: '', key: routeKey },
    headers: headerValues(event),
    query: requestValues(event.multiValueQueryStringParameters, event.queryStringParameters),
    connectionId,
    requestId,
    sourceIp: identity.sourceIp,
  };
}
