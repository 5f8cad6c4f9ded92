/** A DynamoDB attribute value in its wire form; of the types that our items use. */
export type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly Attribute[] }
  | { readonly M: Item };

export type Item = Readonly<Record<string, Attribute>>;

/** A value as an attribute. Members that are `undefined` are left out. */
function toAttribute(value: unknown): Attribute {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (typeof value === 'object') return { M: toItem(value) };
  throw new TypeError(`cannot store a ${typeof value}`);
}

export function toItem(record: object): Item {
  const members = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members.map(([name, value]) => [name, toAttribute(value)]));
}

/** The value of an attribute. Throws for a type that no item of ours has, and for a value that is not of its type. */
function fromAttribute(attribute: unknown): unknown {
  const [entry, ...more] = Object.entries(attribute ?? {});
  if (entry === undefined || more.length > 0) throw new TypeError('not an attribute');
  const [type, value]: readonly [string, unknown] = entry;
  if (type === 'S' && typeof value === 'string') return value;
  if (type === 'N' && typeof value === 'string') return toNumber(value);
  if (type === 'BOOL' && typeof value === 'boolean') return value;
  if (type === 'NULL' && value === true) return null;
  if (type === 'L' && Array.isArray(value)) return value.map(fromAttribute);
  if (type === 'M' && isMap(value)) return fromItem(value);
  throw new TypeError('an attribute that no item of ours has');
}

export function fromItem(
  item: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, fromAttribute(value)]),
  );
}

function toNumber(text: string): number {
  const value = /^[+-]?[\d.]+(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new TypeError('an attribute with a broken number');
  return value;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
