import { text } from 'node:stream/consumers';
import type { LoggedEntry } from '../../functions/core/revocation/log-entry.ts';
import { type Loopback, loopback } from '../measure/loopback.ts';
import { type LogQuery, servedLog } from './served-log.ts';

/** The revocation log as DynamoDB would hand it out, page by page, over loopback. */
export interface LogServer extends Loopback {
  /** From now on these entries are the log. */
  serve(entries: readonly LoggedEntry[]): void;
}

export async function logServer(): Promise<LogServer> {
  let answer = servedLog([]);
  const server = await loopback(async (request, response) => {
    response.end(answer(JSON.parse(await text(request)) as LogQuery));
  });
  return {
    ...server,
    serve(entries) {
      answer = servedLog(entries);
    },
  };
}
