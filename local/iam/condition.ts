import { arnLike } from './arn.ts';
import { wildcard } from './wildcard.ts';

/** Context of one request: condition key (as {@link conditionKeys} spells it) to its values. Absent means not sent. */
export type RequestContext = { readonly [key in ConditionKey]?: readonly string[] };

type ConditionKey =
  | 'dynamodb:LeadingKeys'
  | 'dynamodb:Attributes'
  | 'secretsmanager:VersionStage'
  | 'aws:SourceAccount'
  | 'aws:SourceArn';

const conditionKeys: readonly ConditionKey[] = [
  'dynamodb:LeadingKeys',
  'dynamodb:Attributes',
  'secretsmanager:VersionStage',
  'aws:SourceAccount',
  'aws:SourceArn',
];

/** Keys with many values need to say whether all or any of them must match. */
const multivalued: ReadonlySet<ConditionKey> = new Set([
  'dynamodb:LeadingKeys',
  'dynamodb:Attributes',
]);

/** Values of a policy to a test of one value of the request. */
type Operator = (wanted: readonly string[]) => (value: string) => boolean;

const equals: Operator = (wanted) => (value) => wanted.includes(value);
const likeAny =
  (compile: (pattern: string) => (value: string) => boolean): Operator =>
  (wanted) => {
    const matchers = wanted.map(compile);
    return (value) => matchers.some((matches) => matches(value));
  };
/** ArnEquals and ArnLike are one operator by two names. */
const arn = likeAny(arnLike);

const operators: Readonly<Record<string, { readonly test: Operator; readonly negated: boolean }>> =
  {
    stringequals: { test: equals, negated: false },
    stringnotequals: { test: equals, negated: true },
    stringlike: { test: likeAny((pattern) => wildcard(pattern)), negated: false },
    arnequals: { test: arn, negated: false },
    arnlike: { test: arn, negated: false },
    bool: {
      test: (wanted) => {
        const lowered = wanted.map((each) => each.toLowerCase());
        return (value) => lowered.includes(value.toLowerCase());
      },
      negated: false,
    },
  };

/**
 * Compiles the `Condition` of a statement: all its entries must hold.
 * @throws for an operator, a condition key or a value that is not known here: to ignore it would widen access
 */
export function compileCondition(
  condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): (context: RequestContext) => boolean {
  const tests = Object.entries(condition).flatMap(([operator, entries]) =>
    Object.entries(entries).map(([key, wanted]) => compileEntry(operator, knownKey(key), wanted)),
  );
  return (context) => tests.every((test) => test(context));
}

function compileEntry(
  name: string,
  key: ConditionKey,
  wanted: unknown,
): (context: RequestContext) => boolean {
  const values = textsOf(wanted, `${name} ${key}`);
  if (name.toLowerCase() === 'null') {
    if (values.length !== 1 || !['true', 'false'].includes(values[0] ?? '')) {
      throw new Error(`condition Null on ${key} takes true or false`);
    }
    const wantsAbsent = values[0] === 'true';
    return (context) => ((context[key] ?? []).length === 0) === wantsAbsent;
  }
  const [quantifier, base] = splitQuantifier(name);
  const operator = operators[base.toLowerCase()];
  if (operator === undefined) throw new Error(`unknown condition operator: ${name}`);
  if (quantifier === undefined && multivalued.has(key)) {
    throw new Error(`${key} has many values: ${name} needs ForAllValues: or ForAnyValue:`);
  }
  const matches = operator.test(values);
  const holds = operator.negated ? (value: string) => !matches(value) : matches;
  switch (quantifier) {
    case 'forallvalues':
      // True for a key that was not sent at all, as in IAM. Policies close that hole with a Null condition beside it.
      return (context) => (context[key] ?? []).every(holds);
    case 'foranyvalue':
      return (context) => (context[key] ?? []).some(holds);
    default:
      return (context) => {
        const value = context[key]?.[0];
        return value === undefined ? operator.negated : holds(value);
      };
  }
}

function splitQuantifier(name: string): ['forallvalues' | 'foranyvalue' | undefined, string] {
  const colon = name.indexOf(':');
  if (colon === -1) return [undefined, name];
  const quantifier = name.slice(0, colon).toLowerCase();
  if (quantifier !== 'forallvalues' && quantifier !== 'foranyvalue') {
    throw new Error(`unknown condition operator: ${name}`);
  }
  return [quantifier, name.slice(colon + 1)];
}

function knownKey(key: string): ConditionKey {
  const known = conditionKeys.find((each) => each.toLowerCase() === key.toLowerCase());
  if (known === undefined) throw new Error(`unknown condition key: ${key}`);
  return known;
}

function textsOf(wanted: unknown, where: string): readonly string[] {
  return (Array.isArray(wanted) ? wanted : [wanted]).map((value: unknown) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean' || typeof value === 'number') return String(value);
    throw new Error(`condition ${where} holds a value that is no text`);
  });
}
