import type { Agent, RequestOptions } from 'node:http';
import type { SecureContext } from 'node:tls';

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
    const agent = isFresh ? renewedAgent(options.isTls) : agentOf(options.isTls);
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
    const timer = setTimeout(() => {
      const late = new Error('no answer in time');
      // A call that waits for a connection says nothing of its end before it has one.
      reject(late);
      call.destroy(late);
    }, timeoutMs);
    call.once('error', reject);
    // However it ends: a timer left behind would keep a frozen environment busy with a call that is over.
    call.once('close', () => clearTimeout(timer));
    call.end(body);
  });
}

function agentOf(isTls: boolean): Agent {
  const scheme = isTls ? 'https' : 'http';
  agents[scheme] ??= newAgent(isTls);
  return agents[scheme];
}

/**
 * An agent without connections: those of the one before are as old as the one that failed. What it has under way it may end.
 * The fresh connection is kept, so that whoever asks next needs no handshake of its own.
 */
function renewedAgent(isTls: boolean): Agent {
  const scheme = isTls ? 'https' : 'http';
  const before = agents[scheme];
  if (before !== undefined) {
    before.maxFreeSockets = 0;
    for (const idle of Object.values(before.freeSockets).flat()) idle?.destroy();
  }
  agents[scheme] = newAgent(isTls);
  return agents[scheme];
}

/** The defaults of TLS, once: else each connection makes a context of its own from them. */
let secureContext: SecureContext | undefined;

function newAgent(isTls: boolean): Agent {
  const { Agent } = process.getBuiltinModule(isTls ? 'node:https' : 'node:http');
  if (isTls) secureContext ??= process.getBuiltinModule('node:tls').createSecureContext();
  return new Agent({
    ...{ keepAlive: true, maxSockets: 8 },
    ...(secureContext !== undefined && isTls && { secureContext }),
  });
}
