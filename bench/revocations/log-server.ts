import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { bucketsOf, type LoggedEntry, placeOf } from '../../functions/core/revocation/log-entry.ts';

/** A page of DynamoDB holds 1 MB, reckoned as names and values. */
const pageBytesMax = 1_048_576;

/** The revocation log as DynamoDB would hand it out, page by page, over loopback. */
export interface LogServer {
  readonly url: string;
  /** From now on these entries are the log. */
  serve(entries: readonly LoggedEntry[]): void;
  stop(): void;
}

export async function logServer(): Promise<LogServer> {
  let pages = new Map<string, readonly string[]>();
  const server = createServer(async (request, response) => {
    const { ExpressionAttributeValues: values, ExclusiveStartKey: start } = JSON.parse(
      await text(request),
    );
    const page = Number(start?.page.N ?? 0);
    response.end(pages.get(values[':pk'].S)?.[page] ?? '{"Items":[],"Count":0,"ScannedCount":0}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    serve(entries) {
      const items = new Map<string, object[]>();
      for (const { at, serial, ...entry } of entries) {
        const [pk = ''] = bucketsOf(at, at);
        const item = { sk: placeOf(at, serial), v: 1, ...entry };
        const bucket = items.get(pk);
        if (bucket === undefined) items.set(pk, [item]);
        else bucket.push(item);
      }
      pages = new Map([...items].map(([pk, list]) => [pk, paged(list)]));
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function paged(items: readonly object[]): readonly string[] {
  const pages: object[][] = [[]];
  let bytes = 0;
  for (const item of items) {
    // The key and the time to live are weighed although they do not travel.
    const size = Object.entries(item).join('').length + 30;
    if (bytes + size > pageBytesMax) {
      pages.push([]);
      bytes = 0;
    }
    bytes += size;
    pages.at(-1)?.push(toItem(item));
  }
  return pages.map((page, number) => {
    const counts = { Items: page, Count: page.length, ScannedCount: page.length };
    const isLast = number === pages.length - 1;
    const next = { LastEvaluatedKey: { page: { N: String(number + 1) } } };
    return JSON.stringify(isLast ? counts : { ...counts, ...next });
  });
}
