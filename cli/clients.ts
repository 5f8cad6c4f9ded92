import { type Command, Option } from 'commander';
import type { ClientChange } from '../functions/admin/commands.ts';
import type { ClientView } from '../functions/admin/views.ts';
import { clientSecretsCommand } from './client-secrets.ts';
import { confirm } from './confirm.ts';
import { administer } from './deployment.ts';
import { Failure } from './failure.ts';
import { collect, globals } from './globals.ts';
import { print } from './output.ts';
import { run } from './run.ts';
import { seconds } from './seconds.ts';

interface ChangeOptions {
  readonly name?: string;
  readonly grant?: readonly string[];
  readonly scope?: readonly string[];
  readonly defaultScope?: readonly string[];
  readonly resource?: readonly string[];
  readonly defaultResource?: string;
  readonly authMethod?: readonly string[];
  readonly lifetime?: string;
  readonly alg?: string;
  readonly introspects?: readonly string[];
}

/** `keyward clients …` */
export function clientsCommand(program: Command): void {
  const clients = program.command('clients').description('OAuth clients');

  withChanges(clients.command('create').description('register a client; its secret is shown once'))
    .requiredOption('--name <name>', 'what people call it')
    .option('--id <client_id>', 'a client_id of your own choice')
    .option('--secret-expires-in <seconds>', 'the secret expires')
    .action(
      (options: ChangeOptions & { id?: string; secretExpiresIn?: string }, command: Command) =>
        run(command, {
          command: 'clients.create',
          ...change(options),
          name: options.name ?? '',
          ...(options.id === undefined ? {} : { client_id: options.id }),
          ...(options.secretExpiresIn === undefined
            ? {}
            : { secret_expires_in: seconds(options.secretExpiresIn, '--secret-expires-in') }),
        }),
    );

  clients
    .command('list')
    .description('all clients')
    .action(async (_options, command: Command) => {
      const { connection, format } = globals(command);
      const clients = (await administer(connection, { command: 'clients.list' })) as ClientView[];
      print(format === 'json' ? clients : clients.map(summary), format);
    });

  clients
    .command('show <client_id>')
    .alias('get')
    .description('one client')
    .action((id: string, _options, command: Command) =>
      run(command, { command: 'clients.show', client_id: id }),
    );

  withChanges(
    clients.command('update <client_id>').description('change a client; what is not named stays'),
  )
    .option('--name <name>', 'what people call it')
    .action((id: string, options: ChangeOptions, command: Command) => {
      const changes = change(options);
      if (Object.keys(changes).length === 0) throw new Failure('usage', 'name at least one change');
      return run(command, { command: 'clients.update', client_id: id, ...changes });
    });

  for (const verb of ['disable', 'enable'] as const) {
    clients
      .command(`${verb} <client_id>`)
      .description(
        verb === 'disable' ? 'refuse this client from now on, and its tokens' : 'let it in again',
      )
      .action((id: string, _options, command: Command) =>
        run(command, { command: `clients.${verb}`, client_id: id }),
      );
  }

  clients
    .command('delete <client_id>')
    .description('forget a client, and refuse its tokens')
    .option('--yes', 'really')
    .action((id: string, options: { yes?: boolean }, command: Command) => {
      confirm(options, `delete ${id}`);
      return run(command, { command: 'clients.delete', client_id: id });
    });

  clientSecretsCommand(clients);
}

/** What fits on a line of a terminal; `clients show` has the rest. */
function summary({ client_id, name, status, scope, updated_at }: ClientView): object {
  return { client_id, name, status, scope, updated_at };
}

function withChanges(command: Command): Command {
  return command
    .option('--grant <grant_type>', 'a grant type; repeatable', collect)
    .option('--scope <scope>', 'a scope that it may have; repeatable', collect)
    .option('--default-scope <scope>', 'what it gets without asking; repeatable', collect)
    .option('--resource <uri>', 'an API that it may ask for (RFC 8707); repeatable', collect)
    .addOption(
      new Option('--audience <uri>', 'the same as --resource').argParser(collect).hideHelp(),
    )
    .option('--default-resource <uri>', 'the API it gets without asking')
    .option(
      '--auth-method <method>',
      'client_secret_basic or client_secret_post; repeatable',
      collect,
    )
    .option('--lifetime <seconds>', 'of its access tokens; "default" for the deployment\'s')
    .option('--alg <algorithm>', 'RS256 or ES256')
    .option(
      '--introspects <uri>',
      'an API whose tokens it may introspect; repeatable, "none" for no API',
      collect,
    );
}

function change(options: ChangeOptions & { audience?: readonly string[] }): ClientChange {
  const resources = options.resource ?? options.audience;
  const { lifetime } = options;
  return {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.grant === undefined ? {} : { grant_types: options.grant }),
    ...(options.scope === undefined ? {} : { scope: options.scope }),
    ...(options.defaultScope === undefined ? {} : { default_scope: options.defaultScope }),
    ...(resources === undefined ? {} : { resources }),
    ...(options.defaultResource === undefined ? {} : { default_resource: options.defaultResource }),
    ...(options.authMethod === undefined
      ? {}
      : { token_endpoint_auth_methods: options.authMethod }),
    ...(lifetime === undefined
      ? {}
      : {
          access_token_lifetime: lifetime === 'default' ? null : seconds(lifetime, '--lifetime'),
        }),
    ...(options.alg === undefined ? {} : { access_token_signing_alg: options.alg }),
    // No URI is spelled like that.
    ...(options.introspects === undefined
      ? {}
      : { introspects: options.introspects.filter((uri) => uri !== 'none') }),
  };
}
