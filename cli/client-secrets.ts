import type { Command } from 'commander';
import type { ClientView, RolledSecretView, SecretView } from '../functions/admin/views.ts';
import { confirm } from './confirm.ts';
import { administer } from './deployment.ts';
import { globals } from './globals.ts';
import { print } from './output.ts';
import { run } from './run.ts';
import { seconds } from './seconds.ts';

interface RollOptions {
  readonly grace?: string;
  readonly expiresIn?: string;
}

/** `keyward clients secrets …` */
export function clientSecretsCommand(clients: Command): void {
  const secrets = clients.command('secrets').description('the (at most two) secrets of a client');

  secrets
    .command('list <client_id>')
    .description('when each ends and when it was last used, never the secrets themselves')
    .action(async (id: string, _options, command: Command) => {
      const { connection, format } = globals(command);
      const view = await administer(connection, { command: 'clients.show', client_id: id });
      const { secrets: views } = view as ClientView;
      print(format === 'json' ? views : views.map(row), format);
    });

  secrets
    .command('add <client_id>')
    .description('a second secret, shown once')
    .option('--expires-in <seconds>', 'the new secret expires')
    .action((id: string, { expiresIn }: { expiresIn?: string }, command: Command) =>
      run(command, {
        command: 'clients.secrets.add',
        client_id: id,
        ...(expiresIn === undefined ? {} : { expires_in: seconds(expiresIn, '--expires-in') }),
      }),
    );

  secrets
    .command('roll <client_id>')
    .description('a secret in the place of the one that works, which works for a while longer')
    .option('--grace <seconds>', 'how long the old one works; a day if left out, 0 ends it at once')
    .option('--expires-in <seconds>', 'the new one expires; when the old one would if left out')
    .action(async (id: string, { grace, expiresIn }: RollOptions, command: Command) => {
      const { connection, format } = globals(command);
      const view = (await administer(connection, {
        command: 'clients.secrets.roll',
        client_id: id,
        ...(grace === undefined ? {} : { grace: seconds(grace, '--grace') }),
        ...(expiresIn === undefined ? {} : { expires_in: seconds(expiresIn, '--expires-in') }),
      })) as RolledSecretView;
      print(format === 'json' ? view : rolled(view), format);
    });

  secrets
    .command('revoke <client_id> <secret_id>')
    .description('refuse this secret from now on')
    .option('--yes', 'really')
    .action((id: string, secretId: string, options: { yes?: boolean }, command: Command) => {
      confirm(options, `revoke ${secretId}`);
      return run(command, {
        command: 'clients.secrets.revoke',
        client_id: id,
        secret_id: secretId,
      });
    });
}

/** The same columns, whatever there is to say in them. */
function row(secret: SecretView): object {
  const { secret_id, hint, created_at, expires_at, is_expired, last_used_at } = secret;
  return { secret_id, hint, created_at, expires_at, is_expired, last_used_at };
}

function rolled({ replaces, ...view }: RolledSecretView): object {
  return { ...view, replaces: replaces.secret_id, old_works_until: replaces.expires_at };
}
