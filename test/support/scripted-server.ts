import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface ReceivedRequest {
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a server does with a request: bytes to answer with, or something to do with the socket. */
export type ScriptedAnswer = string | ((socket: Socket) => void);

export interface ScriptedServer {
  readonly url: string;
  /** Everything that arrived whole. */
  readonly requests: readonly ReceivedRequest[];
  /** Connections that are open. */
  readonly open: ReadonlySet<Socket>;
  stop(): Promise<void>;
}

/**
 * A server on loopback that follows a script, one entry per request; the last entry is for all that follow. It speaks
 * HTTP/1.1 on the bare socket, so that an answer can be cut off, reset, or not be HTTP at all.
 */
export async function scriptedServer(...script: ScriptedAnswer[]): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  const open = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    let pending = Buffer.alloc(0);
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      const end = pending.indexOf('\r\n\r\n');
      if (end === -1) return;
      const headers = headersIn(pending.subarray(0, end).toString('latin1'));
      const whole = end + 4 + Number(headers['content-length'] ?? 0);
      if (pending.byteLength < whole) return;
      const body = pending.subarray(end + 4, whole).toString('utf8');
      pending = pending.subarray(whole);
      const answer = script[Math.min(requests.length, script.length - 1)] ?? '';
      requests.push({ connection, headers, body });
      if (typeof answer === 'string') socket.write(answer);
      else answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    open,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** The bytes of a whole answer. */
export function httpAnswer(status: number, body: string): string {
  return `HTTP/1.1 ${status} Scripted\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function headersIn(head: string): Record<string, string> {
  const lines = head.split('\r\n').slice(1);
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
