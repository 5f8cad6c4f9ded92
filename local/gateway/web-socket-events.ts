import { randomBytes } from 'node:crypto';
import type { StageSpec, WebSocketApiSpec } from './api-spec.ts';
import { eventTime } from './event-time.ts';
import {
  forwardedHeaders,
  type GatewayRequest,
  grouped,
  queryParameters,
} from './gateway-request.ts';

/** What every event of one connection tells of it. */
export interface WebSocketPeer {
  readonly api: WebSocketApiSpec;
  readonly stage: StageSpec;
  readonly domainName: string;
  readonly connectionId: string;
  readonly connectedAtMilliseconds: number;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  /** Who the authorizer of `$connect` said it is, and what it said of it: for as long as the connection lives. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
}

/** One request of a connection: its handshake, a message, its end. */
export interface WebSocketMoment {
  readonly requestId: string;
  readonly milliseconds: number;
}

type Event = Readonly<Record<string, unknown>>;

/** What `$connect` is told. An authorizer gets empty maps where an integration gets none. */
export function connectEvent(
  peer: WebSocketPeer,
  moment: WebSocketMoment,
  request: GatewayRequest,
  to: 'authorizer' | 'integration',
): Event {
  const headers = grouped(forwardedHeaders(request), (name) => name.toLowerCase());
  const query = grouped(queryParameters(request));
  const { variables } = peer.stage;
  const always = to === 'authorizer';
  return {
    headers: lastValues(headers),
    multiValueHeaders: Object.fromEntries(headers),
    ...(always || query.size > 0
      ? {
          queryStringParameters: lastValues(query),
          multiValueQueryStringParameters: Object.fromEntries(query),
        }
      : {}),
    ...(always || Object.keys(variables).length > 0 ? { stageVariables: variables } : {}),
    requestContext: context(peer, moment, '$connect', 'CONNECT'),
    ...(always ? {} : { isBase64Encoded: false }),
  };
}

export function messageEvent(
  peer: WebSocketPeer,
  moment: WebSocketMoment,
  routeKey: string,
  body: string,
): Event {
  const requestContext = context(peer, moment, routeKey, 'MESSAGE');
  return {
    ...stageVariables(peer),
    requestContext: { ...requestContext, messageId: drawnId() },
    body,
    isBase64Encoded: false,
  };
}

/** @param host as the handshake named it */
export function disconnectEvent(
  peer: WebSocketPeer,
  moment: WebSocketMoment,
  host: string,
  /** Of the closing handshake (RFC 6455 §7.4); 1005 and 1006 where there was none. */
  closing: { readonly code: number; readonly reason: string },
): Event {
  // There is no request any more; these four are what API Gateway makes up.
  const headers = { Host: host, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  const unsaid = closing.code === 1005 ? 'Client-side close frame status not set' : '';
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, v]) => [name, [v]])),
    ...stageVariables(peer),
    requestContext: {
      ...context(peer, moment, '$disconnect', 'DISCONNECT'),
      disconnectStatusCode: closing.code,
      disconnectReason: closing.reason === '' ? unsaid : closing.reason,
    },
    isBase64Encoded: false,
  };
}

/** As API Gateway draws the ids of connections, messages and requests. */
export function drawnId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}

function context(
  peer: WebSocketPeer,
  { requestId, milliseconds }: WebSocketMoment,
  routeKey: string,
  eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT',
): Event {
  const { authorizer, userAgent } = peer;
  return {
    routeKey,
    ...(authorizer === undefined ? {} : { authorizer }),
    eventType,
    extendedRequestId: requestId,
    requestTime: eventTime(milliseconds),
    messageDirection: 'IN',
    stage: peer.stage.name,
    connectedAt: peer.connectedAtMilliseconds,
    requestTimeEpoch: milliseconds,
    identity: { ...(userAgent === undefined ? {} : { userAgent }), sourceIp: peer.sourceIp },
    requestId,
    domainName: peer.domainName,
    connectionId: peer.connectionId,
    apiId: peer.api.apiId,
  };
}

function stageVariables({ stage }: WebSocketPeer): Event {
  return Object.keys(stage.variables).length === 0 ? {} : { stageVariables: stage.variables };
}

function lastValues(
  groups: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, string>> {
  return Object.fromEntries([...groups].map(([name, values]) => [name, values.at(-1) ?? '']));
}
