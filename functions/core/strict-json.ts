const depthMax = 16;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object in these bytes, read more strictly than `JSON.parse`: valid UTF-8 without a byte order mark, no member
 * twice (also not spelt with escapes), no lone surrogate, at most 16 levels. `undefined` for everything else. A member
 * named `__proto__` is an own member like any other; read members with `Object.hasOwn` or a fixed name.
 */
export function parseStrictObject(bytes: Uint8Array): JsonObject | undefined {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
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

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
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
