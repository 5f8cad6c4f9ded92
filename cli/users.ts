import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { UserView } from '../functions/admin/views.ts';
import { confirm } from './confirm.ts';
import { administer } from './deployment.ts';
import { Failure } from './failure.ts';
import { globals } from './globals.ts';
import { type GranteeOptions, granteeMembers, withGrantee } from './grantee-options.ts';
import { print } from './output.ts';
import { run } from './run.ts';

interface PasswordOptions {
  readonly generatePassword?: boolean;
  readonly passwordStdin?: boolean;
}

/** `keyward users …` */
export function usersCommand(program: Command): void {
  const users = program.command('users').description('users of HTTP Basic authentication');

  withPassword(withGrantee(users.command('create <username>').description('make a user'))).action(
    (username: string, options: GranteeOptions & PasswordOptions, command: Command) =>
      run(command, {
        command: 'users.create',
        username,
        ...granteeMembers(options),
        ...passwordMember(options),
      }),
  );

  users
    .command('list')
    .description('all users, never their passwords')
    .action(async (_options, command: Command) => {
      const { connection, format } = globals(command);
      const views = (await administer(connection, { command: 'users.list' })) as UserView[];
      print(format === 'json' ? views : views.map(summary), format);
    });

  withPassword(
    users.command('set-password <username>').description('replace the password of a user'),
  ).action((username: string, options: PasswordOptions, command: Command) =>
    run(command, { command: 'users.set-password', username, ...passwordMember(options) }),
  );

  for (const verb of ['disable', 'enable'] as const) {
    users
      .command(`${verb} <username>`)
      .description(verb === 'disable' ? 'refuse this user from now on' : 'let it in again')
      .action((username: string, _options, command: Command) =>
        run(command, { command: `users.${verb}`, username }),
      );
  }

  users
    .command('delete <username>')
    .description('forget a user')
    .option('--yes', 'really')
    .action((username: string, options: { yes?: boolean }, command: Command) => {
      confirm(options, `delete ${username}`);
      return run(command, { command: 'users.delete', username });
    });
}

/** A password is never an argument: those are in the history of the shell and in the list of processes. */
function withPassword(command: Command): Command {
  return command
    .option('--generate-password', 'draw a password, shown once; what happens if left out')
    .option('--password-stdin', 'take the password from stdin');
}

function passwordMember(options: PasswordOptions): { readonly password?: string } {
  if (!options.passwordStdin) return {};
  if (options.generatePassword) {
    throw new Failure('usage', 'give one of --generate-password and --password-stdin');
  }
  if (process.stdin.isTTY) {
    throw new Failure('usage', 'pipe the password into --password-stdin: a terminal would show it');
  }
  // The end of the line is not part of it; anything else is.
  const password = readFileSync(0, 'utf8').replace(/\r?\n$/, '');
  if (password === '') throw new Failure('usage', 'stdin is empty');
  return { password };
}

/** What fits on a line of a terminal; `--output json` has the rest. */
function summary(user: UserView): object {
  const { username, owner, status, scope, password_kind, password_set_at, is_outdated } = user;
  return { username, owner, status, scope, password_kind, password_set_at, is_outdated };
}
