import { request as httpRequest, type IncomingMessage } from 'node:http';
import { readBody } from '../aws/read-body.ts';
import { type GatewayAnswer, isSendable, remapHeaders } from './gateway-answer.ts';
import type { HttpProxySpec } from './http-proxy-spec.ts';
import { type MappingFacts, mapRequest } from './map-request.ts';

/** What a backend may answer. */
const answerBytesMax = 10 * 1024 * 1024;

/**
 * Sends a request on to the backend of an HTTP_PROXY integration, and its answer back: status, headers and body as they
 * are, but for the headers that no integration may set. Redirects are the client's business.
 */
export async function callBackend(
  spec: HttpProxySpec,
  facts: MappingFacts,
): Promise<GatewayAnswer | 'unreachable' | 'too-late' | 'no-path'> {
  const mapped = mapRequest(spec, facts);
  if (mapped === undefined) return 'no-path';
  const { method, target, headers } = mapped;
  const { hostname, port, host } = new URL(spec.origin);
  const { body } = facts.request;
  const hasHost = headers.some(([name]) => name.toLowerCase() === 'host');
  const { promise, resolve } = Promise.withResolvers<GatewayAnswer | 'unreachable' | 'too-late'>();
  const outgoing = httpRequest({
    ...{ hostname, port, path: target, method, agent: false },
    headers: [
      ...(hasHost ? [] : ['host', host]),
      ...headers.flat(),
      ...(body.byteLength === 0 && !sendsLength(method)
        ? []
        : ['content-length', String(body.byteLength)]),
      ...['connection', 'close'],
    ],
  });
  const timer = setTimeout(() => {
    resolve('too-late');
    outgoing.destroy();
  }, spec.timeoutMilliseconds);
  outgoing.on('error', () => resolve('unreachable'));
  outgoing.on('response', (incoming) => {
    readAnswer(incoming).then(resolve, () => resolve('unreachable'));
  });
  outgoing.end(body);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** Methods whose requests state a length even where it is 0. */
function sendsLength(method: string): boolean {
  return ['POST', 'PUT', 'PATCH'].includes(method);
}

async function readAnswer(incoming: IncomingMessage): Promise<GatewayAnswer | 'unreachable'> {
  const { statusCode = 0, rawHeaders } = incoming;
  const headers: (readonly [string, string])[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  const body = await readBody(incoming, answerBytesMax);
  if (typeof body === 'string' || !headers.every(isSendable)) return 'unreachable';
  return { status: statusCode, headers: remapHeaders(headers), body };
}
