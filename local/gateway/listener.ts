import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A loopback port that is taken before anybody knows what will answer on it. */
export interface Listener {
  readonly url: string;
  /** Until this is called, requests are answered 503. */
  serve(handler: RequestHandler): void;
  /** Open requests are cut off. */
  close(): Promise<void>;
}

/** Room to see what is too much for the gateway, and to say so in its words. */
const headBytesMax = 64 * 1024;

/** @param port 0 takes any free one @throws Error with the code EADDRINUSE */
export async function openListener(port: number): Promise<Listener> {
  let serve: RequestHandler | undefined;
  const server = createServer({ maxHeaderSize: headBytesMax }, (request, response) => {
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
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(handler) {
      serve = handler;
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
