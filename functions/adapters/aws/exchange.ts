import type { Agent, RequestOptions } from 'node:http';

export interface Exchange {
  readonly status: number;
  readonly text: string;
}

/** DynamoDB's largest answer is 1 MB, a secret's 64 KB. */
const answerBytesMax = 2 * 1024 * 1024;

const agents: { http?: Agent; https?: Agent } = {};

/**
 * One HTTP exchange. Throws when the connection fails, when the answer is cut off or too large, and after `timeoutMs`.
 *
 * @param isFresh takes a new connection instead of one that was kept alive
 */
export function exchange(
  options: RequestOptions & { readonly isTls: boolean },
  body: string,
  timeoutMs: number,
  isFresh: boolean,
): Promise<Exchange> {
  // Loaded here and not by import: linking the ESM facade of node:http costs every cold start tens of milliseconds.
  const http = process.getBuiltinModule(options.isTls ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    const agent = agentOf(options.isTls);
    // They are as old as the one that failed. The fresh one is kept: whoever asks next needs no handshake of its own.
    if (isFresh) for (const idle of Object.values(agent.freeSockets).flat()) idle?.destroy();
    const call = http.request({ ...options, agent }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > answerBytesMax) call.destroy(new Error('the answer is too large'));
      });
      response.once('end', () => {
        if (!response.complete) reject(new Error('the answer was cut off'));
        else
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
          });
      });
      response.once('error', reject);
    });
    const timer = setTimeout(() => call.destroy(new Error('no answer in time')), timeoutMs);
    call.once('error', reject);
    // However it ends: a timer left behind would keep a frozen environment busy with a call that is over.
    call.once('close', () => clearTimeout(timer));
    call.end(body);
  });
}

function agentOf(isTls: boolean): Agent {
  const scheme = isTls ? 'https' : 'http';
  const { Agent } = process.getBuiltinModule(`node:${scheme}`);
  agents[scheme] ??= new Agent({
    ...{ keepAlive: true, maxSockets: 8 },
    // The defaults, once: else each connection makes a context of its own from them.
    ...(isTls && { secureContext: process.getBuiltinModule('node:tls').createSecureContext() }),
  });
  return agents[scheme];
}
