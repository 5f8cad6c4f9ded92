/** One element of DER: its tag as the one byte it is, its content, and all of it with tag and length. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  readonly encoded: Buffer;
}

export const derTag = { boolean: 0x01, octetString: 0x04, oid: 0x06, sequence: 0x30 } as const;

/**
 * The elements that fill `bytes` to the last one, or `undefined` where they do not: a length that is indefinite, longer
 * than it must be or beyond the end, a tag of more than one byte (X.690 §8.1, §10.1).
 */
export function derElements(bytes: Buffer): readonly DerElement[] | undefined {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    const length = lengthAt(bytes, at + 1);
    if ((tag & 0x1f) === 0x1f || length === undefined) return undefined;
    const end = length.contentAt + length.bytes;
    if (end > bytes.length) return undefined;
    elements.push({
      tag,
      content: bytes.subarray(length.contentAt, end),
      encoded: bytes.subarray(at, end),
    });
    at = end;
  }
  return elements;
}

/** The elements within an element of that tag; `undefined` where it is another, or broken. */
export function derWithin(
  element: DerElement | undefined,
  tag: number,
): readonly DerElement[] | undefined {
  return element?.tag === tag ? derElements(element.content) : undefined;
}

function lengthAt(
  bytes: Buffer,
  at: number,
): { readonly bytes: number; readonly contentAt: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { bytes: first, contentAt: at + 1 };
  const width = first & 0x7f;
  if (width === 0 || width > 3 || at + 1 + width > bytes.length) return undefined;
  const length = bytes.readUIntBE(at + 1, width);
  const isMinimal = length >= 0x80 && length >= 2 ** (8 * (width - 1));
  return isMinimal ? { bytes: length, contentAt: at + 1 + width } : undefined;
}
