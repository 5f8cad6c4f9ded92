/**
 * `dynamodb:Attributes` of a call: the top-level attributes that its parameters name, be it to be found by, written,
 * compared or read. What an answer holds is not among them.
 */

type Members = Readonly<Record<string, unknown>>;

/** Parameters that are objects with attributes as their members. */
const objects = [
  ...['Key', 'Item', 'AttributeUpdates', 'Expected'],
  ...['KeyConditions', 'QueryFilter', 'ScanFilter'],
];

const expressions = [
  ...['UpdateExpression', 'ConditionExpression', 'ProjectionExpression'],
  ...['FilterExpression', 'KeyConditionExpression'],
];

/** Words that are reserved: an attribute of such a name needs a placeholder. */
const words: ReadonlySet<string> = new Set([
  ...['SET', 'REMOVE', 'ADD', 'DELETE', 'AND', 'OR', 'NOT', 'BETWEEN', 'IN'],
]);

/** Of the input of an operation, of one table's part of a BatchGetItem, or of one write of a BatchWriteItem. */
export function namedAttributes(input: Members): readonly string[] {
  const { AttributesToGet = [], Keys = [], ExpressionAttributeNames = {} } = input;
  const names = ExpressionAttributeNames as Readonly<Record<string, string>>;
  return [
    ...new Set([
      ...objects.flatMap((parameter) => Object.keys((input[parameter] ?? {}) as Members)),
      ...(Keys as readonly Members[]).flatMap((key) => Object.keys(key)),
      ...(AttributesToGet as readonly string[]),
      // Wherever they are used, be it of nested ones: to name less than DynamoDB sees would widen access.
      ...Object.values(names),
      ...expressions.flatMap((parameter) => namesIn(String(input[parameter] ?? ''))),
    ]),
  ];
}

/** The attributes that an expression names without a placeholder. */
function namesIn(expression: string): readonly string[] {
  // Nested ones follow a dot, values a colon, placeholders a number sign; a function is followed by a parenthesis.
  const found = expression.matchAll(/(?<![\w.:#])[A-Za-z_]\w*(?!\w|\s*\()/g);
  return [...found].map(([name]) => name).filter((name) => !words.has(name.toUpperCase()));
}
