import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';

export interface OpenSocket {
  readonly socket: WebSocket;
  /** The next message that was not handed out yet. */
  next(): Promise<string>;
  /** Settles when the connection has ended, with what the other side said (RFC 6455 §7.4). */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** What a handshake was answered instead. */
export interface RefusedHandshake {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Handshake {
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly protocols?: readonly string[];
}

/** Opens a connection. @throws where the handshake is refused */
export async function openSocket(url: string, handshake: Handshake = {}): Promise<OpenSocket> {
  const answer = await shake(url, handshake);
  if ('status' in answer) throw new Error(`refused with ${answer.status}: ${answer.text}`);
  return answer;
}

/** @throws where the handshake is accepted */
export async function refusedSocket(
  url: string,
  handshake: Handshake = {},
): Promise<RefusedHandshake> {
  const answer = await shake(url, handshake);
  if ('status' in answer) return answer;
  answer.socket.terminate();
  throw new Error('the handshake was accepted');
}

/** Tries to open a connection, whatever comes of it. */
export function shake(
  url: string,
  { headers = {}, protocols = [] }: Handshake = {},
): Promise<OpenSocket | RefusedHandshake> {
  const socket = new WebSocket(url, [...protocols], { headers });
  const waiting: string[] = [];
  socket.on('message', (data) => waiting.push(String(data)));
  const closed = new Promise<Awaited<OpenSocket['closed']>>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.once('unexpected-response', (_, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          ...{ status: response.statusCode ?? 0, headers: response.headers },
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    socket.once('open', () => {
      resolve({
        ...{ socket, closed },
        async next() {
          if (waiting.length === 0) await once(socket, 'message');
          return waiting.shift() ?? '';
        },
      });
    });
  });
}
