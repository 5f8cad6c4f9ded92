import type { Command } from 'commander';

/** A `jti` of ours (16 bytes), a `kid` or a certificate's thumbprint (32) that begins with a dash, as one in 64 does. */
const dashedId = /^-(?:[\w-]{21}|[\w-]{42})$/;
/** What is an option whatever its length. */
const longOption = /^--[a-z-]+$/;

/**
 * Puts ids that begin with a dash behind `--`, where no option is looked for: whoever revokes a key in a hurry must not be told
 * that it is an unknown option.
 *
 * @param args what was typed, without node and script
 * @returns the same where there is no such id, or `--` is there already; an option's value stays with its option
 */
export function withDashedIds(program: Command, args: readonly string[]): readonly string[] {
  if (args.includes('--')) return args;
  const withValue = optionsWithValue(program);
  const isId = (arg: string, at: number) =>
    dashedId.test(arg) && !longOption.test(arg) && !withValue.has(args[at - 1] ?? '');
  const ids = args.filter(isId);
  if (ids.length === 0) return args;
  return [...args.filter((arg, at) => !isId(arg, at)), '--', ...ids];
}

function optionsWithValue(command: Command): ReadonlySet<string> {
  const own = command.options.filter(({ required, optional }) => required || optional);
  const inner = command.commands.flatMap((verb) => [...optionsWithValue(verb)]);
  return new Set([...own.flatMap(({ long }) => long ?? []), ...inner]);
}
