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
  return isStrict(text) ? (value as JsonObject) : undefined;
}

/** Walks text that is known to be JSON, looking for what the standard parser lets pass. */
function isStrict(text: string): boolean {
  // For each open object the names seen; for each open array nothing.
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  for (let i = 0; i < text.length; i += 1) {
    switch (text[i]) {
      case '{':
        open.push(new Set());
        isName = true;
        break;
      case '[':
        open.push(undefined);
        isName = false;
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        isName = open.at(-1) !== undefined;
        break;
      case ':':
        isName = false;
        break;
      case '"': {
        const end = endOfString(text, i);
        const literal = text.slice(i, end + 1);
        const string: string = literal.includes('\\') ? JSON.parse(literal) : literal.slice(1, -1);
        if (!string.isWellFormed()) return false;
        const names = open.at(-1);
        if (isName && names !== undefined) {
          if (names.has(string)) return false;
          names.add(string);
        }
        i = end;
        break;
      }
    }
    if (open.length > depthMax) return false;
  }
  return true;
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '"') return i;
  }
  return text.length - 1;
}
