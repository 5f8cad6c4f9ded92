const depthMax = 16;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object in these bytes, read more strictly than `JSON.parse`: valid UTF-8 without a byte order mark, no member
 * twice (also not spelt with escapes), no lone surrogate, no name with a quote, backslash or control character, at most 16
 * levels. `undefined` for everything else. A member named `__proto__` is an own member like any other; read members with
 * `Object.hasOwn` or a fixed name.
 */
export function parseStrictObject(bytes: Uint8Array): JsonObject | undefined {
  let text: string;
  let value: unknown;
  try {
    text = withPlainNames(utf8.decode(bytes));
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const members = membersIn(text);
  // The parser keeps one of two members with a name, so there are fewer of them then.
  return members !== undefined && members === membersOf(value, text.includes('\\'))
    ? (value as JsonObject)
    : undefined;
}

/**
 * The same JSON, its member names without escapes. Where V8 expects the name that stood there in an earlier text, it may
 * compare an escaped one as it is spelt (nodejs/node issue 63785, in Node 24 and 26): a text that anybody sent, valid or not,
 * would decide which members of the next one are found. Throws for a name that cannot be spelt without; text that is no
 * JSON may come back as it is.
 */
function withPlainNames(text: string): string {
  if (!text.includes('\\')) return text;
  const parts: string[] = [];
  let copied = 0;
  let start = text.indexOf('"');
  while (start >= 0) {
    const end = endOfString(text, start);
    if (end < 0) break;
    const literal = text.slice(start, end + 1);
    if (literal.includes('\\') && isBeforeColon(text, end + 1)) {
      const plain = JSON.stringify(JSON.parse(literal));
      if (plain.includes('\\')) throw new Error('a name that needs an escape');
      parts.push(text.slice(copied, start), plain);
      copied = end + 1;
    }
    start = text.indexOf('"', end + 1);
  }
  return parts.join('') + text.slice(copied);
}

function isBeforeColon(text: string, from: number): boolean {
  let at = from;
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at += 1;
  return text[at] === ':';
}

const quote = 0x22;
const backslash = 0x5c;

/** Counts the members in text that is known to be JSON, those of all objects. `undefined` when it is too deep. */
function membersIn(text: string): number | undefined {
  let members = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    switch (text.charCodeAt(i)) {
      case quote:
        i = endOfString(text, i);
        break;
      case 0x3a: // :
        members += 1;
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        if (depth > depthMax) return undefined;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
    }
  }
  return members;
}

/** Of the string that begins there; -1: it does not end. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

/** Behind an odd number of backslashes. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === backslash) first -= 1;
  return (at - first) % 2 === 1;
}

/**
 * Counts the members of a parsed value; `undefined` for one with a lone surrogate, which only an escape can have made of
 * valid UTF-8.
 */
function membersOf(value: unknown, hasEscapes: boolean): number | undefined {
  if (typeof value === 'string') return hasEscapes && !value.isWellFormed() ? undefined : 0;
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  for (const name of Object.keys(value)) {
    if (hasEscapes && !name.isWellFormed()) return undefined;
    const inner = membersOf((value as JsonObject)[name], hasEscapes);
    if (inner === undefined) return undefined;
    members += inner;
  }
  return Array.isArray(value) ? members : members + Object.keys(value).length;
}
