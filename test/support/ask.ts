import { type Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The connection was there before, or its TLS session. */
  readonly isResumed: boolean;
  /** The body as JSON. */
  readonly json: unknown;
}

export interface Asked {
  readonly method?: string;
  /** Name, value, name, value: names as they go over the wire, any of them twice. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** Who asks. */
export interface Client {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Keeps connections or TLS sessions. @default neither */
  readonly agent?: Agent;
}

/** One request, over a connection of its own unless an agent keeps them. Rejects when there is no connection. */
export function ask(
  url: string,
  path: string,
  asked: Asked = {},
  client: Client = {},
): Promise<Reply> {
  const { method = 'GET', headers = [], body } = asked;
  const { protocol, host, hostname, port } = new URL(url);
  const alone = client.agent === undefined ? ['connection', 'close'] : [];
  const begin = protocol === 'https:' ? httpsRequest : httpRequest;
  const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
  return new Promise((resolve, reject) => {
    const request = begin(
      {
        ...{ hostname, port, path, method, agent: false, ...client },
        headers: ['host', host, ...alone, ...length, ...headers] as never,
      },
      (response) => {
        const chunks: Buffer[] = [];
        const { socket } = response;
        const isResumed =
          request.reusedSocket || (socket instanceof TLSSocket && socket.isSessionReused());
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            ...{ text, isResumed },
            get json() {
              return JSON.parse(text);
            },
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
