import type { WebSocketApiSpec } from './api-spec.ts';
import { type GatewayAnswer, jsonAnswer } from './gateway-answer.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { type GatewayRequest, headerValues } from './gateway-request.ts';
import { webSocketAuthorizer } from './web-socket-authorizer.ts';
import { connectEvent, drawnId, type WebSocketPeer } from './web-socket-events.ts';
import { webSocketRoutes } from './web-socket-route.ts';

/** Who is let in. */
interface Admitted {
  readonly peer: WebSocketPeer;
  /** What the integration of `$connect` chose (RFC 6455 §4.2.2); without its word none is echoed. */
  readonly subprotocol: string | undefined;
}

/**
 * Decides about handshakes: the authorizer of `$connect`, then its integration, whose status other than 2xx refuses.
 * An API without `$connect` lets everybody in.
 */
export function webSocketHandshake(
  spec: WebSocketApiSpec,
  apiArn: string,
  options: GatewayOptions & { readonly nowMilliseconds: () => number },
): (request: GatewayRequest) => Promise<Admitted | GatewayAnswer> {
  const route = spec.routes.find(({ routeKey }) => routeKey === '$connect');
  const invoke = webSocketRoutes(spec, apiArn, options);
  const authorize =
    route?.authorizer === undefined
      ? undefined
      : webSocketAuthorizer(spec, route.authorizer, apiArn, options);
  return async (request) => {
    const requestId = drawnId();
    const peer = peerOf(spec, request, options.domainName);
    if (peer === undefined) return refusal(403, 'Forbidden', requestId);
    const moment = { requestId, milliseconds: request.timeMilliseconds };
    const verdict = await authorize?.(peer, moment, request);
    if (verdict?.kind === 'refused') return refusal(verdict.status, verdict.message, requestId);
    const known = verdict === undefined ? peer : { ...peer, authorizer: verdict.authorizer };
    if (route === undefined) return { peer: known, subprotocol: undefined };
    const event = connectEvent(known, moment, request, 'integration');
    const result = await invoke(route, peer.stage.name, event);
    if (result.kind === 'failed') return refusal(result.status, result.message, requestId);
    const { status, headers } = result.answer;
    if (status < 200 || status > 299) return refusal(status, null, requestId);
    return { peer: known, subprotocol: headerValues(headers, 'sec-websocket-protocol').at(-1) };
  };
}

/** `undefined` when the path is not that of a stage. */
function peerOf(
  api: WebSocketApiSpec,
  request: GatewayRequest,
  domainName: string,
): WebSocketPeer | undefined {
  const stage = api.stages.find(({ name }) => request.rawPath.replace(/\/$/, '') === `/${name}`);
  if (stage === undefined) return undefined;
  return {
    ...{ api, stage, domainName, connectionId: drawnId(), sourceIp: request.sourceIp },
    connectedAtMilliseconds: request.timeMilliseconds,
    userAgent: headerValues(request.headers, 'user-agent').at(-1),
  };
}

/** @param message of the gateway itself; what an integration says in its body stays with it */
function refusal(status: number, message: string | null, requestId: string): GatewayAnswer {
  const answer =
    message === null
      ? { status, headers: [], body: Buffer.alloc(0) }
      : jsonAnswer(status, { message });
  return { ...answer, headers: [...answer.headers, ['x-amzn-requestid', requestId]] };
}
