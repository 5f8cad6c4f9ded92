import type { RequestValues } from '../core/routes/auth-request.ts';

type All = Readonly<Record<string, readonly string[] | undefined>>;
type Last = Readonly<Record<string, string | undefined>>;

/**
 * The query parameters of an event of version 1. The multi-value map has every value; the plain one only the last, so it
 * serves where the other is absent. From the console's test button both may be `null`. Few names are ever asked for, so
 * nothing is made of the others.
 */
export function requestValues(
  all: All | null | undefined,
  last: Last | null | undefined,
  isNamed: (key: string, name: string) => boolean = (key, name) => key === name,
): RequestValues {
  const source: All | Last = isEmpty(all) ? (last ?? {}) : all;
  return {
    get(name) {
      let found: readonly string[] | undefined;
      for (const key of Object.keys(source)) {
        const value = isNamed(key, name) ? source[key] : undefined;
        if (value === undefined || value === null) continue;
        const values = typeof value === 'string' ? [value] : value;
        found = found === undefined ? values : [...found, ...values];
      }
      return found;
    },
  };
}

/** The headers of an event, under their names in lower case. */
export function headerValues(event: {
  readonly headers?: Last | null;
  readonly multiValueHeaders?: All | null;
}): RequestValues {
  return requestValues(event.multiValueHeaders, event.headers, isHeaderNamed);
}

/** @param name in lower case, and ASCII: no text of another length becomes that */
function isHeaderNamed(key: string, name: string): boolean {
  return key.length === name.length && key.toLowerCase() === name;
}

function isEmpty(all: All | null | undefined): all is null | undefined {
  return all === null || all === undefined || Object.keys(all).length === 0;
}
