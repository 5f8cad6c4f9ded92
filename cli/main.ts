import { Command, CommanderError } from 'commander';
import { apiKeysCommand } from './api-keys.ts';
import { cachesCommand } from './caches.ts';
import { certificatesCommand } from './certificates.ts';
import { clientsCommand } from './clients.ts';
import { withDashedIds } from './dashed-ids.ts';
import { exitCodes, Failure } from './failure.ts';
import { keysCommand } from './keys.ts';
import { revocationsCommand } from './revocations.ts';
import { revokeCommand } from './revoke.ts';
import { statusCommand } from './status.ts';
import { tokenCommand } from './token.ts';
import { usersCommand } from './users.ts';

const program: Command = new Command('keyward')
  .description('Operate a Keyward deployment, in AWS or on this machine')
  .option('--endpoint <url>', 'AWS endpoint of a local instance')
  .option('--deployment <name>', 'name of the deployment', 'default')
  .option('--region <region>', 'AWS region')
  .option('--profile <profile>', 'AWS profile')
  .option('--output <format>', 'table or json; json where stdout is not a terminal')
  .showSuggestionAfterError(false)
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'keyward: ')) })
  .exitOverride();

clientsCommand(program);
certificatesCommand(program);
keysCommand(program);
apiKeysCommand(program);
usersCommand(program);
tokenCommand(program);
revokeCommand(program);
revocationsCommand(program);
cachesCommand(program);
statusCommand(program);

try {
  await program.parseAsync(withDashedIds(program, process.argv.slice(2)), { from: 'user' });
} catch (cause) {
  process.exitCode = exitCodeOf(cause);
}

function exitCodeOf(cause: unknown): number {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : exitCodes.usage;
  if (cause instanceof Failure) {
    // It may repeat an argument, and a terminal must not be steered by what was pasted.
    process.stderr.write(`keyward: ${cause.message.replace(/\p{C}/gu, '?')}\n`);
    return exitCodes[cause.kind];
  }
  process.stderr.write(
    `keyward: ${cause instanceof Error ? cause.message.split('\n')[0] : 'failed'}\n`,
  );
  return exitCodes.failed;
}
