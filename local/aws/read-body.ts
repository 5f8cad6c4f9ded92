import type { IncomingMessage } from 'node:http';

/**
 * Reads a request to its end and answers its bytes; `too-large` when it has more than allowed (the rest is read and
 * dropped, so that an answer can still be sent), `aborted` when the sender went away.
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
): Promise<Buffer | 'too-large' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= bytesMax) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => resolve(bytes > bytesMax ? 'too-large' : Buffer.concat(chunks)));
    request.on('error', () => resolve('aborted'));
    request.on('close', () => resolve('aborted'));
  });
}
