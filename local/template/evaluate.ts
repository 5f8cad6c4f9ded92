import { TemplateError } from './template.ts';

/** What the intrinsic functions of one template refer to. Each member throws a `TemplateError` for what is not there. */
export interface Scope {
  /** A resource, a parameter or a pseudo parameter; `noValue` for `AWS::NoValue`. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, top: string, second: string): unknown;
  exported(name: string): unknown;
  stackOutput(stackName: string, outputName: string): unknown;
}

/** What `AWS::NoValue` stands for: the member or element that has it is left out. */
export const noValue: unique symbol = Symbol('AWS::NoValue');

/**
 * Replaces every intrinsic function in a value of a template.
 * @param where names the value in errors: `Orders.Properties`
 * @throws TemplateError
 */
export function evaluate(value: unknown, scope: Scope, where: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, scope, where)).filter((item) => item !== noValue);
  }
  const entries = Object.entries(value);
  const [only] = entries;
  if (only !== undefined && entries.length === 1) {
    const [name, argument] = only;
    if (name === 'Ref') return scope.ref(text(argument, `${where}: Ref`));
    if (name === 'Condition' && typeof argument === 'string' && where.startsWith('Conditions.')) {
      return scope.condition(argument);
    }
    if (name.startsWith('Fn::')) {
      const intrinsic = Object.hasOwn(intrinsics, name) ? intrinsics[name] : undefined;
      if (intrinsic === undefined) throw new TemplateError(`${where}: ${name} is not hosted`);
      return intrinsic(argument, scope, `${where}: ${name}`);
    }
  }
  const evaluated = entries
    .map(([name, member]) => [name, evaluate(member, scope, `${where}.${name}`)] as const)
    .filter(([, member]) => member !== noValue);
  return Object.fromEntries(evaluated);
}

type Intrinsic = (argument: unknown, scope: Scope, where: string) => unknown;

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  'Fn::GetAtt': (argument, scope, where) => {
    const [logicalId, attribute] =
      typeof argument === 'string'
        ? [argument.slice(0, argument.indexOf('.')), argument.slice(argument.indexOf('.') + 1)]
        : list(argument, where);
    return scope.attribute(text(logicalId, where), text(evaluate(attribute, scope, where), where));
  },
  'Fn::Join': (argument, scope, where) => {
    const [delimiter, parts] = list(argument, where);
    return list(evaluate(parts, scope, where), where)
      .map((part) => scalar(part, where))
      .join(text(delimiter, where));
  },
  'Fn::Select': (argument, scope, where) => {
    const [index, from] = list(argument, where);
    const items = list(evaluate(from, scope, where), where);
    const selected = items[Number(evaluate(index, scope, where))];
    if (selected === undefined) throw new TemplateError(`${where}: the index is out of range`);
    return selected;
  },
  'Fn::Split': (argument, scope, where) => {
    const [delimiter, source] = list(argument, where);
    return scalar(evaluate(source, scope, where), where).split(text(delimiter, where));
  },
  'Fn::Sub': (argument, scope, where) => {
    const [template, given] = typeof argument === 'string' ? [argument, {}] : list(argument, where);
    const variables = evaluate(given ?? {}, scope, where) as Readonly<Record<string, unknown>>;
    return text(template, where).replace(/\$\{(!?)([^}]*)\}/g, (_, literal, inside: string) => {
      if (literal === '!') return `\${${inside}}`;
      const name = inside.trim();
      if (Object.hasOwn(variables, name)) return scalar(variables[name], where);
      const dot = name.indexOf('.');
      const value =
        dot === -1 ? scope.ref(name) : scope.attribute(name.slice(0, dot), name.slice(dot + 1));
      return scalar(value, where);
    });
  },
  'Fn::If': (argument, scope, where) => {
    const [name, yes, no] = list(argument, where);
    return evaluate(scope.condition(text(name, where)) ? yes : no, scope, where);
  },
  'Fn::Equals': (argument, scope, where) => {
    const [left, right] = list(argument, where).map((side) => evaluate(side, scope, where));
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::And': (argument, scope, where) =>
    list(argument, where).every((item) => truth(evaluate(item, scope, where), where)),
  'Fn::Or': (argument, scope, where) =>
    list(argument, where).some((item) => truth(evaluate(item, scope, where), where)),
  'Fn::Not': (argument, scope, where) => {
    const [item] = list(argument, where);
    return !truth(evaluate(item, scope, where), where);
  },
  'Fn::FindInMap': (argument, scope, where) => {
    const [map = '', top = '', second = ''] = list(argument, where).map((part) =>
      scalar(evaluate(part, scope, where), where),
    );
    return scope.mapping(map, top, second);
  },
  'Fn::Base64': (argument, scope, where) =>
    Buffer.from(scalar(evaluate(argument, scope, where), where)).toString('base64'),
  'Fn::ImportValue': (argument, scope, where) =>
    scope.exported(scalar(evaluate(argument, scope, where), where)),
  'Fn::GetStackOutput': (argument, scope, where) => {
    const { StackName, OutputName } = evaluate(argument, scope, where) as {
      readonly StackName?: unknown;
      readonly OutputName?: unknown;
    };
    return scope.stackOutput(text(StackName, where), text(OutputName, where));
  },
};

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TemplateError(`${where} needs a list`);
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new TemplateError(`${where} needs text, not ${JSON.stringify(value)}`);
}

/** CloudFormation writes numbers and booleans into text as JSON does. */
function scalar(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`${where} needs text, not ${JSON.stringify(value)}`);
}

function truth(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new TemplateError(`${where} needs a condition, not ${JSON.stringify(value)}`);
}
