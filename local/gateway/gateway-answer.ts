import type { ServerResponse } from 'node:http';
import { validateHeaderName, validateHeaderValue } from 'node:http';

/** What goes back to the client. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

export function jsonAnswer(status: number, body: unknown): GatewayAnswer {
  return {
    status,
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** Whether Node can send it: a broken name or value would end the connection instead of the request. */
export function isSendable([name, value]: readonly [string, string]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Sends an answer; the body of an answer to HEAD is left out, its length is not. */
export function send(response: ServerResponse, answer: GatewayAnswer): void {
  if (response.destroyed || response.writableEnded) return;
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  const bodyless = answer.status === 204 || answer.status === 304;
  if (!bodyless) response.setHeader('content-length', answer.body.byteLength);
  response.statusCode = answer.status;
  response.end(bodyless ? undefined : answer.body);
}

/**
 * Headers of an integration that never reach a client under their name. `WWW-Authenticate` is the one that hurts: a
 * challenge has to come from a gateway response (for HTTP APIs the evidence contradicts itself; the strict reading is
 * taken).
 */
const remapped: ReadonlySet<string> = new Set([
  ...['authorization', 'connection', 'content-length', 'date', 'host', 'keep-alive', 'server'],
  ...['user-agent', 'www-authenticate', 'x-forwarded-for'],
]);
const dropped: ReadonlySet<string> = new Set(['transfer-encoding', 'trailer', 'te', 'upgrade']);

/** What is left of an integration's headers, and under which names. */
export function remapHeaders(
  headers: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  return headers
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .map(([name, value]) =>
      remapped.has(name.toLowerCase())
        ? [`x-amzn-remapped-${name.toLowerCase()}`, value]
        : [name, value],
    );
}
