/** Names and all their values. */
export type RequestValues = ReadonlyMap<string, readonly string[]>;

type All = Readonly<Record<string, readonly string[] | undefined>>;
type Last = Readonly<Record<string, string | undefined>>;

/**
 * The headers or query parameters of an event of version 1. The multi-value map has every value; the plain one only the
 * last, so it serves where the other is absent. From the console's test button both may be `null`.
 */
export function requestValues(
  all: All | null | undefined,
  last: Last | null | undefined,
  nameOf: (name: string) => string = (name) => name,
): RequestValues {
  const values = new Map<string, readonly string[]>();
  const entries = Object.entries(all ?? {});
  const source =
    entries.length > 0
      ? entries
      : Object.entries(last ?? {}).map(
          ([name, value]) => [name, value === undefined ? undefined : [value]] as const,
        );
  for (const [name, list] of source) {
    const key = nameOf(name);
    if (list) values.set(key, [...(values.get(key) ?? []), ...list]);
  }
  return values;
}

/** The headers of an event of version 1, under their names in lower case. */
export function headerValues(event: {
  readonly headers?: Last | null;
  readonly multiValueHeaders?: All | null;
}): RequestValues {
  return requestValues(event.multiValueHeaders, event.headers, (name) => name.toLowerCase());
}
