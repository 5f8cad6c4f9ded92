import { toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { bucketsOf, type LoggedEntry, placeOf } from '../../functions/core/revocation/log-entry.ts';

/** The part of DynamoDB's `Query` that a reader of the log varies. */
export interface LogQuery {
  readonly ExpressionAttributeValues: {
    readonly ':pk': { readonly S: string };
    readonly ':from': { readonly S: string };
  };
  readonly ExclusiveStartKey?: { readonly page: { readonly N: string } };
}

interface Kept {
  readonly place: string;
  readonly item: object;
  readonly bytes: number;
}

/** A page of DynamoDB holds 1 MB, reckoned as names and values. */
const pageBytesMax = 1_048_576;

/**
 * Answers what DynamoDB would when the log holds these entries, page by page. Whole parts of the log are made ready here, so
 * that whoever reads them waits for nothing.
 */
export function servedLog(entries: readonly LoggedEntry[]): (query: LogQuery) => string {
  const buckets = new Map<string, Kept[]>();
  for (const { at, serial, ...entry } of entries) {
    const [pk = ''] = bucketsOf(at, at);
    const place = placeOf(at, serial);
    const item = { sk: place, v: 1, ...entry };
    // The key and the time to live are weighed although they do not travel.
    const bytes = Object.entries(item).join('').length + 30;
    const kept = { place, item: toItem(item), bytes };
    const bucket = buckets.get(pk);
    if (bucket === undefined) buckets.set(pk, [kept]);
    else bucket.push(kept);
  }
  const whole = new Map<string, readonly string[]>();
  for (const [pk, bucket] of buckets) {
    bucket.sort((a, b) => (a.place < b.place ? -1 : 1));
    whole.set(pk, paged(bucket));
  }

  return ({ ExpressionAttributeValues: values, ExclusiveStartKey: start }) => {
    const { S: pk } = values[':pk'];
    const { S: from } = values[':from'];
    const bucket = buckets.get(pk) ?? [];
    const first = firstFrom(bucket, from);
    const pages = first === 0 ? whole.get(pk) : paged(bucket.slice(first));
    return pages?.[Number(start?.page.N ?? 0)] ?? '{"Items":[],"Count":0,"ScannedCount":0}';
  };
}

/** Index of the first that stands there or later. As a table finds it: by halves, however many there are. */
function firstFrom(bucket: readonly Kept[], from: string): number {
  let low = 0;
  let high = bucket.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bucket[middle]?.place ?? '') < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function paged(kept: readonly Kept[]): readonly string[] {
  const pages: object[][] = [[]];
  let bytes = 0;
  for (const one of kept) {
    if (bytes + one.bytes > pageBytesMax) {
      pages.push([]);
      bytes = 0;
    }
    bytes += one.bytes;
    pages.at(-1)?.push(one.item);
  }
  return pages.map((page, number) => {
    const counts = { Items: page, Count: page.length, ScannedCount: page.length };
    const isLast = number === pages.length - 1;
    const next = { LastEvaluatedKey: { page: { N: String(number + 1) } } };
    return JSON.stringify(isLast ? counts : { ...counts, ...next });
  });
}
