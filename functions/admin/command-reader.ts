import { err, ok, type Result } from '../core/result.ts';

/** Reads the members of one command; collects nothing, stops at the first that is wrong. */
export interface CommandReader {
  text(name: string): string | undefined;
  list(name: string): readonly string[] | undefined;
  integer(name: string): number | undefined;
  flag(name: string): boolean | undefined;
  has(name: string): boolean;
  isNull(name: string): boolean;
}

/** A member of a command is of the wrong type; the message names the member, never its value. */
export class InvalidCommand extends Error {
  override readonly name = 'InvalidCommand';
}

/**
 * Makes a reader of an object that came from outside. Refuses members that the command does not have: a misspelt option
 * must not be taken for an absent one.
 */
export function readCommand(
  input: unknown,
  allowed: readonly string[],
): Result<CommandReader, string> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return err('a command is an object');
  }
  const members = new Map(Object.entries(input));
  const foreign = [...members.keys()].find((name) => name !== 'command' && !allowed.includes(name));
  if (foreign !== undefined)
    return err(`this command has no member of that name; it has: ${allowed.join(', ')}`);
  const get = <T>(
    name: string,
    is: (value: unknown) => value is T,
    kind: string,
  ): T | undefined => {
    const value = members.get(name);
    if (value === undefined) return undefined;
    if (!is(value)) throw new InvalidCommand(`${name} must be ${kind}`);
    return value;
  };
  return ok({
    has: (name) => members.has(name),
    isNull: (name) => members.get(name) === null,
    text: (name) => get(name, isText, 'a string'),
    integer: (name) => get(name, isInteger, 'an integer'),
    flag: (name) => get(name, isFlag, 'true or false'),
    list: (name) => get(name, isTextList, 'a list of strings'),
  });
}

/** A member that the command cannot do without. */
export function required(command: CommandReader, name: string): string {
  const value = command.text(name);
  if (value === undefined || value === '') throw new InvalidCommand(`${name} is missing`);
  return value;
}

const tenYearsSeconds = 315_360_000;

/** The instant that a member names as seconds from now; absent: never. */
export function secondsFromNow(
  command: CommandReader,
  name: string,
  now: number,
): number | undefined {
  const seconds = command.integer(name);
  if (seconds === undefined) return undefined;
  if (seconds < 1 || seconds > tenYearsSeconds) {
    throw new InvalidCommand(`${name} must be 1 second to 10 years, in seconds`);
  }
  return now + seconds;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
