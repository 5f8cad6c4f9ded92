import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { LoggedEntry } from '../../functions/core/revocation/log-entry.ts';
import { type LogQuery, servedLog } from './served-log.ts';

/** The revocation log as DynamoDB would hand it out, page by page, over loopback. */
export interface LogServer {
  readonly url: string;
  /** From now on these entries are the log. */
  serve(entries: readonly LoggedEntry[]): void;
  stop(): void;
}

export async function logServer(): Promise<LogServer> {
  let answer = servedLog([]);
  const server = createServer(async (request, response) => {
    response.end(answer(JSON.parse(await text(request)) as LogQuery));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    serve(entries) {
      answer = servedLog(entries);
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
