/**
 * `dynamodb:LeadingKeys` of a call: the values of the partition key that it touches. An empty list where there are
 * none to be seen, as for a Scan.
 */

/** An attribute value as it travels: one member, named for its type. */
type AttributeValue = Readonly<Record<string, unknown>>;

type Attributes = Readonly<Record<string, AttributeValue>>;

/** Of an item or a key. */
export function leadingKeyOf(attributes: unknown, partitionKey: string): readonly string[] {
  const value = (attributes as Attributes | undefined)?.[partitionKey];
  return value === undefined ? [] : [textOf(value)];
}

export interface QueryInput {
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
  readonly KeyConditions?: Readonly<
    Record<string, { readonly AttributeValueList?: readonly AttributeValue[] }>
  >;
}

/** Of a Query: the value that its key condition compares the partition key with. */
export function leadingKeyOfQuery(query: QueryInput, partitionKey: string): readonly string[] {
  const legacy = query.KeyConditions?.[partitionKey]?.AttributeValueList?.[0];
  if (legacy !== undefined) return [textOf(legacy)];
  const equalities = (query.KeyConditionExpression ?? '').matchAll(
    /([#:]?[\w.-]+)\s*=\s*([#:]?[\w.-]+)/g,
  );
  for (const [, left = '', right = ''] of equalities) {
    const [value, name] = left.startsWith(':') ? [left, right] : [right, left];
    const attribute = name.startsWith('#') ? query.ExpressionAttributeNames?.[name] : name;
    const compared = query.ExpressionAttributeValues?.[value];
    if (attribute === partitionKey && compared !== undefined) return [textOf(compared)];
  }
  return [];
}

/** Strings and numbers as they are, binary values in Base64: the first member of `{ S | N | B: … }`. */
function textOf(value: AttributeValue): string {
  return String(Object.values(value)[0]);
}
