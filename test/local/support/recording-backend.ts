import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RecordedRequest {
  readonly method: string;
  /** Path and query as they came over the wire. */
  readonly target: string;
  /** Names as they came, each of them as often as it came. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** A backend on loopback that remembers what it was sent. */
export interface RecordingBackend {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
}

/** The backend, until the running test ends. @param answer @default 200 with an empty body */
export async function recordingBackend(
  answer?: (response: ServerResponse) => void,
): Promise<RecordingBackend> {
  const { stop, ...backend } = await startRecording(answer);
  onTestFinished(stop);
  return backend;
}

/** The backend, until it is stopped. */
export async function startRecording(
  answer: (response: ServerResponse) => void = (response) => response.end(),
): Promise<RecordingBackend & { stop(): Promise<void> }> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      requests.push(recorded(incoming, Buffer.concat(chunks)));
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function recorded(
  { method = '', url = '', rawHeaders }: IncomingMessage,
  body: Buffer,
): RecordedRequest {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  );
  return { method, target: url, headers, body: body.toString('utf8') };
}

/** All values of a header, whatever its spelling. */
export function valuesOf(request: RecordedRequest | undefined, name: string): readonly string[] {
  return (request?.headers ?? [])
    .filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}
