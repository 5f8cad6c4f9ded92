import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Log } from '../contracts.ts';
import type { Entrance } from './entrance.ts';

/** @param entrance the custom domain's mapping that led here, if one did */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  entrance?: Entrance,
) => Promise<void>;

/** Takes over a connection that asks for another protocol. */
export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
) => Promise<void>;

/** A loopback port that is taken before anybody knows what will answer on it. */
export interface Listener {
  readonly url: string;
  /** Until this is called, requests are answered 503. Without `upgrade`, one that asks for it is a request like any. */
  serve(handler: RequestHandler, upgrade?: UpgradeHandler): void;
  /** Open requests and connections are cut off. */
  close(): Promise<void>;
}

export interface ListenerTls {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Who may vouch for clients; without it no certificate is asked for. */
  readonly truststorePem: string | undefined;
  /** Told why a handshake failed. */
  readonly log: Log;
}

/** Room to see what is too much for the gateway, and to say so in its words. */
const headBytesMax = 64 * 1024;

/** @param port 0 takes any free one @throws Error with the code EADDRINUSE */
export async function openListener(port: number, tls?: ListenerTls): Promise<Listener> {
  let serve: RequestHandler | undefined;
  const server = createServer(tls, (request, response) => {
    if (serve === undefined) {
      request.resume();
      response.writeHead(503, { 'retry-after': '1' }).end();
      return;
    }
    serve(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 65_000;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return socket.destroy();
    const status =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request';
    return socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  await listen(server, port);
  // The server forgets a connection that changed its protocol.
  const upgraded = new Set<Duplex>();
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(handler, upgrade) {
      serve = handler;
      if (upgrade === undefined) return;
      server.on('upgrade', (request, socket, head) => {
        upgraded.add(socket);
        socket.on('close', () => upgraded.delete(socket));
        socket.on('error', () => socket.destroy());
        upgrade(request, socket, head).catch(() => socket.destroy());
      });
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      });
    },
  };
}

function createServer(
  tls: ListenerTls | undefined,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (tls === undefined) return createHttpServer({ maxHeaderSize: headBytesMax }, answer);
  const { certificatePem, privateKeyPem, truststorePem, log } = tls;
  const server = createHttpsServer(
    {
      maxHeaderSize: headBytesMax,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      ...{ cert: certificatePem, key: privateKeyPem },
      ...(truststorePem === undefined
        ? {}
        : { requestCert: true, rejectUnauthorized: true, ca: [truststorePem] }),
    },
    answer,
  );
  server.on('tlsClientError', (error: NodeJS.ErrnoException, { authorizationError }: TLSSocket) => {
    const reason = (authorizationError as unknown) ?? error.code ?? error.message;
    log(`a TLS handshake failed: ${String(reason)}`);
  });
  return server;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
