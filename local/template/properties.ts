import type { Resource } from './resolve-assembly.ts';
import { TemplateError } from './template.ts';

/** Reads the properties of one resource, and says which one is wrong. */
export interface Properties {
  /** `Keyward/Fn9270CBC0` */
  readonly where: string;
  text(name: string): string;
  textOr<T extends string | undefined>(name: string, otherwise: T): string | T;
  number(name: string, otherwise: number): number;
  flag(name: string): boolean;
  list(name: string): readonly unknown[];
  texts(name: string): readonly string[];
  /** The texts of a list, or one text alone, as policies write it. */
  oneOrMore(name: string): readonly string[];
  /** Name → text; numbers and booleans become text. Empty where it is absent. */
  textMap(name: string): Readonly<Record<string, string>>;
  /** A nested object; members that are not listed are refused. `undefined` where it is absent. */
  nested(name: string, members: readonly string[]): Properties | undefined;
  has(name: string): boolean;
  /** Refuses a value other than the listed ones; absent is fine. */
  only(name: string, ...allowed: readonly unknown[]): void;
  fail(problem: string): never;
}

export function propertiesOf(resource: Resource): Properties {
  return reader(resource.properties, `${resource.stackName}/${resource.logicalId}`);
}

/** Reads an object that stands in a list. Members that are not listed are refused. */
export function nestedProperties(
  value: unknown,
  where: string,
  members: readonly string[],
): Properties {
  if (!isObject(value)) throw new TemplateError(`${where} must be an object`);
  const unknown = Object.keys(value).filter((name) => !members.includes(name));
  if (unknown.length > 0) throw new TemplateError(`${where}: ${unknown.join(', ')} is not hosted`);
  return reader(value, where);
}

function reader(values: Readonly<Record<string, unknown>>, where: string): Properties {
  const properties: Properties = {
    where,
    text(name) {
      const value = values[name];
      if (isScalar(value)) return String(value);
      return properties.fail(`${name} must be text`);
    },
    textOr: (name, otherwise) => (properties.has(name) ? properties.text(name) : otherwise),
    number(name, otherwise) {
      if (!properties.has(name)) return otherwise;
      const value = Number(values[name]);
      return Number.isFinite(value) ? value : properties.fail(`${name} must be a number`);
    },
    flag: (name) => String(values[name]) === 'true',
    list(name) {
      const value = values[name] ?? [];
      return Array.isArray(value) ? value : properties.fail(`${name} must be a list`);
    },
    texts(name) {
      return properties
        .list(name)
        .map((item) =>
          isScalar(item) ? String(item) : properties.fail(`${name} must be a list of texts`),
        );
    },
    oneOrMore: (name) =>
      isScalar(values[name]) ? [properties.text(name)] : properties.texts(name),
    textMap(name) {
      const value = values[name] ?? {};
      if (!isObject(value)) return properties.fail(`${name} must be an object`);
      return Object.fromEntries(
        Object.entries(value).map(([key, member]) =>
          isScalar(member) ? [key, String(member)] : properties.fail(`${name}.${key} must be text`),
        ),
      );
    },
    nested(name, members) {
      const value = values[name];
      return value === undefined ? undefined : nestedProperties(value, `${where}.${name}`, members);
    },
    has: (name) => values[name] !== undefined,
    only(name, ...allowed) {
      const value = values[name];
      if (
        value === undefined ||
        allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))
      )
        return;
      properties.fail(`${name} ${JSON.stringify(value)} is not hosted`);
    },
    fail(problem) {
      throw new TemplateError(`${where}: ${problem}`);
    },
  };
  return properties;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
