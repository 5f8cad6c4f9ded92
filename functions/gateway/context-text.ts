/**
 * What a context says where there is nothing to say. Backends may be told of it in headers, and nobody knows what API
 * Gateway sends for a value that is absent or empty: perhaps what the caller sent under that name.
 */
export const nothing = '-';

/**
 * A text as a context has it: never empty, and visible ASCII alone, so that as a header it is the same text. Everything
 * else is percent-encoded, the percent sign too. Throws for half a surrogate pair, which no encoding has.
 */
export function contextText(text: string): string {
  if (text === '') return nothing;
  if (text === nothing) return '%2D';
  return text.replace(/[^\x21-\x24\x26-\x7e]+/gu, encodeURIComponent);
}

/** The text that `contextText` was given; `undefined` for what it never makes. */
export function textOfContext(value: string): string | undefined {
  if (value === nothing) return '';
  try {
    const text = decodeURIComponent(value);
    return contextText(text) === value ? text : undefined;
  } catch {
    return undefined;
  }
}
