import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readBody } from '../aws/read-body.ts';
import { type ClientCertificate, tlsFacts } from './client-certificate.ts';
import type { Entrance } from './entrance.ts';

/** A request as it came over the wire: nothing decoded, nothing merged, in the order of the sender. */
export interface GatewayRequest {
  readonly method: string;
  /** As sent, percent-encoding included. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** `req.headers` of Node drops the second `Authorization`; this does not. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly protocol: string;
  readonly sourceIp: string;
  readonly timeMilliseconds: number;
  /** Absent where the connection is not encrypted. */
  readonly tls?: { readonly clientCertificate: ClientCertificate | undefined };
  /** Absent where the request came in by the API's own endpoint. */
  readonly entrance?: Entrance;
}

export type Unreadable = 'bad-request' | 'headers-too-large' | 'body-too-large' | 'aborted';

/** Request line and headers together; the same for both kinds of API, and not adjustable. */
const headBytesMax = 10_240;
const bodyBytesMax = 10 * 1024 * 1024;

/** Reads a request to its end, also where it is going to be refused. */
export async function readRequest(
  incoming: IncomingMessage,
  nowMilliseconds: () => number,
  entrance?: Entrance,
): Promise<GatewayRequest | Unreadable> {
  const head = readHead(incoming, nowMilliseconds, entrance);
  const body = await readBody(incoming, bodyBytesMax);
  if (body === 'aborted') return 'aborted';
  if (head === 'headers-too-large') return head;
  if (body === 'too-large') return 'body-too-large';
  return head === 'bad-request' ? head : { ...head, body };
}

/** A request without its body, as a handshake has none. */
export function readHead(
  incoming: IncomingMessage,
  nowMilliseconds: () => number,
  entrance?: Entrance,
): GatewayRequest | 'bad-request' | 'headers-too-large' {
  const { method = 'GET', url = '/', httpVersion, rawHeaders } = incoming;
  const headers: (readonly [string, string])[] = [];
  let headBytes = Buffer.byteLength(`${method} ${url} HTTP/${httpVersion}\r\n`);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    // Node reads header bytes as Latin-1, which is how they are counted.
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    headers.push([name, value]);
    headBytes += name.length + value.length + 4;
  }
  if (headBytes > headBytesMax) return 'headers-too-large';
  const target = url.replace(/^https?:\/\/[^/?]*/, '');
  if (!target.startsWith('/') && !target.startsWith('?') && target !== '') return 'bad-request';
  const question = target.indexOf('?');
  const tls = tlsFacts(incoming.socket);
  return {
    method,
    rawPath: (question === -1 ? target : target.slice(0, question)) || '/',
    rawQueryString: question === -1 ? '' : target.slice(question + 1),
    headers,
    body: Buffer.alloc(0),
    protocol: `HTTP/${httpVersion}`,
    sourceIp: (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    timeMilliseconds: nowMilliseconds(),
    ...(tls === undefined ? {} : { tls }),
    ...(entrance === undefined ? {} : { entrance }),
  };
}

/** All values of a header. */
export function headerValues(headers: GatewayRequest['headers'], name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}

const hopByHop: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'expect'],
]);

/** The headers that a function is shown: without those of the connection, with those that a gateway adds. */
export function forwardedHeaders(request: GatewayRequest): GatewayRequest['headers'] {
  const replaced = ['x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto'];
  const kept = request.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !hopByHop.has(lower) && !replaced.includes(lower);
  });
  const [host = ''] = headerValues(request.headers, 'host');
  const path = [...headerValues(request.headers, 'x-forwarded-for'), request.sourceIp].join(', ');
  const added: (readonly [string, string])[] = [
    ['X-Forwarded-For', path],
    ['X-Forwarded-Port', /:(\d+)$/.exec(host)?.[1] ?? (request.tls === undefined ? '80' : '443')],
    ['X-Forwarded-Proto', request.tls === undefined ? 'http' : 'https'],
  ];
  if (headerValues(kept, 'x-amzn-trace-id').length === 0) {
    const seconds = Math.floor(request.timeMilliseconds / 1000).toString(16);
    const trace = `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
    added.push(['X-Amzn-Trace-Id', trace]);
  }
  return [...kept, ...added];
}

/** Names and values of a query string, decoded, in their order. */
export function queryParameters(request: GatewayRequest): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(request.rawQueryString)];
}

/** Collects the values of each name; names that `same` makes equal go together under the first spelling. */
export function grouped(
  pairs: readonly (readonly [string, string])[],
  same: (name: string) => string = (name) => name,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const [name, value] of pairs) {
    const group = groups.get(same(name)) ?? { name, values: [] };
    group.values.push(value);
    groups.set(same(name), group);
  }
  return new Map([...groups.values()].map(({ name, values }) => [name, values]));
}
