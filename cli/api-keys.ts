import type { Command } from 'commander';
import type { ApiKeyView, RolledApiKeyView } from '../functions/admin/views.ts';
import { apiKeyIdIn, parseApiKey } from '../functions/core/credentials/api-key.ts';
import { confirm } from './confirm.ts';
import { administer } from './deployment.ts';
import { Failure } from './failure.ts';
import { globals } from './globals.ts';
import { type GranteeOptions, granteeMembers, withGrantee } from './grantee-options.ts';
import { outputFormat, print } from './output.ts';
import { readText } from './read-text.ts';
import { run } from './run.ts';
import { seconds } from './seconds.ts';

interface CreateOptions extends GranteeOptions {
  readonly name: string;
  readonly usagePlanKey?: string;
}

interface RollOptions {
  readonly grace?: string;
  readonly expiresIn?: string;
}

/** `keyward api-keys …` */
export function apiKeysCommand(program: Command): void {
  const keys = program.command('api-keys').description('API keys');

  withGrantee(keys.command('create').description('make a key; it is shown once'))
    .requiredOption('--name <name>', 'what people call it')
    .option('--usage-plan-key <value>', 'the API Gateway API key that its usage plan knows it by')
    .action((options: CreateOptions, command: Command) =>
      run(command, {
        command: 'api-keys.create',
        name: options.name,
        ...granteeMembers(options),
        ...(options.usagePlanKey === undefined ? {} : { usage_plan_key: options.usagePlanKey }),
      }),
    );

  keys
    .command('list')
    .description('all keys, never their secrets')
    .action(async (_options, command: Command) => {
      const { connection, format } = globals(command);
      const views = (await administer(connection, { command: 'api-keys.list' })) as ApiKeyView[];
      print(format === 'json' ? views : views.map(summary), format);
    });

  keys
    .command('show <key_id>')
    .alias('get')
    .description('one key')
    .action((id: string, _options, command: Command) =>
      run(command, { command: 'api-keys.show', key_id: keyIdIn(id) }),
    );

  keys
    .command('roll <key_id>')
    .description('make a key in the place of this one, which works for a while longer')
    .option('--grace <seconds>', 'how long the old key works; a day if left out, 0 ends it at once')
    .option('--expires-in <seconds>', 'the new key expires; when the old one would if left out')
    .action(async (id: string, { grace, expiresIn }: RollOptions, command: Command) => {
      const { connection, format } = globals(command);
      const view = (await administer(connection, {
        command: 'api-keys.roll',
        key_id: keyIdIn(id),
        ...(grace === undefined ? {} : { grace: seconds(grace, '--grace') }),
        ...(expiresIn === undefined ? {} : { expires_in: seconds(expiresIn, '--expires-in') }),
      })) as RolledApiKeyView;
      print(format === 'json' ? view : rolled(view), format);
    });

  for (const verb of ['disable', 'enable'] as const) {
    keys
      .command(`${verb} <key_id>`)
      .description(verb === 'disable' ? 'refuse this key from now on' : 'let it in again')
      .action((id: string, _options, command: Command) =>
        run(command, { command: `api-keys.${verb}`, key_id: keyIdIn(id) }),
      );
  }

  keys
    .command('delete <key_id>')
    .description('forget a key')
    .option('--yes', 'really')
    .action((text: string, options: { yes?: boolean }, command: Command) => {
      const id = keyIdIn(text);
      confirm(options, `delete ${id}`);
      return run(command, { command: 'api-keys.delete', key_id: id });
    });

  keys
    .command('verify')
    .description('whether what stdin holds is a whole key; asks nobody')
    .action((_options, command: Command) => {
      const { output } = command.optsWithGlobals() as { readonly output?: string };
      print(verified(readText('-')), outputFormat(output));
    });
}

/** Who has a key that leaked has all of it at hand, and not its id. Nothing but the id leaves this machine. */
function keyIdIn(text: string): string {
  const id = apiKeyIdIn(text);
  if (id !== undefined) return id;
  throw new Failure('usage', 'key_id must be 12 base58 digits, or the whole key; nothing was sent');
}

/** What can be told of a key without its deployment. */
function verified(text: string): object {
  const parsed = parseApiKey(text);
  if (!parsed.ok) throw new Failure('checkFailed', 'this is no API key, or not all of one');
  const { prefix, environment, keyId } = parsed.value;
  return { verdict: 'whole', prefix, environment, key_id: keyId };
}

function rolled({ replaces, ...view }: RolledApiKeyView): object {
  return { ...view, replaces: replaces.key_id, old_works_until: replaces.works_until };
}

/** What fits on a line of a terminal; `api-keys show` has the rest. */
function summary(key: ApiKeyView): object {
  const { key_id, name, owner, status, scope, expires_at, works_until, last_used_at } = key;
  return { key_id, name, owner, status, scope, expires_at, works_until, last_used_at };
}
