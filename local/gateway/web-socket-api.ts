/** The data plane of one WebSocket API. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { WebSocketApiSpec } from './api-spec.ts';
import { connectionsEndpoint } from './connections-endpoint.ts';
import { type GatewayAnswer, jsonAnswer, send } from './gateway-answer.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { headerValues, readHead, readRequest } from './gateway-request.ts';
import type { RequestHandler, UpgradeHandler } from './listener.ts';
import { routeSelection } from './route-selection.ts';
import { type Connection, connections } from './web-socket-connections.ts';
import { disconnectEvent, drawnId, messageEvent } from './web-socket-events.ts';
import { webSocketHandshake } from './web-socket-handshake.ts';
import { webSocketRoutes } from './web-socket-route.ts';

export interface WebSocketDataPlane {
  /** Takes handshakes at `/<stage>`. */
  readonly upgrade: UpgradeHandler;
  /** Serves `@connections`. */
  readonly handle: RequestHandler;
  /** Cuts off all connections; no `$disconnect` is told of it. */
  close(): void;
}

const messageBytesMax = 128 * 1024;
/** RFC 6455 §7.4.1; binary frames are not taken. */
const unsupportedData = 1003;

export function webSocketApi(spec: WebSocketApiSpec, options: GatewayOptions): WebSocketDataPlane {
  const { log, nowMilliseconds = Date.now } = options;
  const arn = `arn:aws:execute-api:${spec.region}:${spec.accountId}:${spec.apiId}`;
  const open = connections(nowMilliseconds);
  const shake = webSocketHandshake(spec, arn, { ...options, nowMilliseconds });
  const manage = connectionsEndpoint(spec, open, options.access);
  const invoke = webSocketRoutes(spec, arn, options);
  const routeKeyOf = routeSelection(spec.routeSelectionExpression);
  const routeOf = (key: string | undefined) =>
    spec.routes.find(({ routeKey }) => routeKey === key && !/^\$(connect|disconnect)$/.test(key)) ??
    spec.routes.find(({ routeKey }) => routeKey === '$default');
  const subprotocols = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, maxPayload: messageBytesMax },
    handleProtocols: (_, request) => subprotocols.get(request) ?? false,
  });
  let isClosed = false;

  return {
    async upgrade(incoming, socket, head) {
      const request = readHead(incoming, nowMilliseconds);
      if (typeof request === 'string') return refuse(socket, unreadable[request]);
      const admitted = await shake(request);
      if ('status' in admitted) return refuse(socket, admitted);
      if (isClosed) return void socket.destroy();
      const { peer, subprotocol } = admitted;
      if (subprotocol !== undefined) subprotocols.set(incoming, subprotocol);
      server.handleUpgrade(incoming, socket, head, (webSocket) => {
        const [host = ''] = headerValues(request.headers, 'host');
        watch(webSocket, open.add(peer, webSocket), host);
      });
    },

    async handle(incoming, response) {
      const request = await readRequest(incoming, nowMilliseconds);
      if (request === 'aborted') return void response.destroy();
      if (typeof request === 'string') return send(response, unreadable[request]);
      return send(response, manage(request) ?? jsonAnswer(426, { message: 'Upgrade Required' }));
    },

    close() {
      isClosed = true;
      open.cut();
    },
  };

  function watch(webSocket: WebSocket, connection: Connection, host: string): void {
    // The closing handshake that follows says all there is to say.
    webSocket.on('error', () => undefined);
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) webSocket.close(unsupportedData, 'Binary frames are not supported');
      else take(connection, textOf(data)).catch(report);
    });
    webSocket.once('close', (code, reason) => {
      if (!isClosed) leave(connection, host, { code, reason: reason.toString() }).catch(report);
    });
  }

  async function take(connection: Connection, message: string): Promise<void> {
    const { peer } = connection;
    const moment = { requestId: drawnId(), milliseconds: nowMilliseconds() };
    const complain = (problem: string): void => {
      const { connectionId } = peer;
      const { requestId } = moment;
      connection.send(JSON.stringify({ message: problem, connectionId, requestId }));
    };
    const route = routeOf(routeKeyOf?.(message));
    if (route === undefined) return complain('Forbidden');
    const event = messageEvent(peer, moment, route.routeKey, message);
    const result = await invoke(route, peer.stage.name, event);
    if (result.kind === 'failed') return complain(result.message);
    const { body } = result.answer;
    if (route.hasResponse && body.byteLength > 0) connection.send(body);
  }

  async function leave(
    { peer }: Connection,
    host: string,
    closing: { readonly code: number; readonly reason: string },
  ): Promise<void> {
    const route = spec.routes.find(({ routeKey }) => routeKey === '$disconnect');
    if (route === undefined) return;
    const moment = { requestId: drawnId(), milliseconds: nowMilliseconds() };
    await invoke(route, peer.stage.name, disconnectEvent(peer, moment, host, closing));
  }

  function report(error: Error): void {
    log(`${spec.logicalId}: ${error.message}`);
  }
}

const unreadable = {
  'bad-request': jsonAnswer(400, { message: 'Bad Request' }),
  'headers-too-large': jsonAnswer(431, { message: 'Request Header Fields Too Large' }),
  'body-too-large': jsonAnswer(413, { message: 'Request Too Long' }),
} as const;

/** Answers a handshake with HTTP instead, and ends the connection. */
function refuse(socket: Duplex, { status, headers, body }: GatewayAnswer): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.byteLength}`,
    'connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]));
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.from(data as ArrayBuffer).toString('utf8');
}
