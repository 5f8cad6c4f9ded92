import type { Command } from 'commander';
import type { RevocationsView } from '../functions/admin/views.ts';
import { administer } from './deployment.ts';
import { globals } from './globals.ts';
import { print } from './output.ts';

/** `keyward revocations …` */
export function revocationsCommand(program: Command): void {
  program
    .command('revocations')
    .description('what the revocation log says')
    .command('list')
    .description('everything that is revoked, until its last token has expired')
    .option('--all', 'notices that revoke nothing, too')
    .action(async ({ all }: { all?: boolean }, command: Command) => {
      const { connection, format } = globals(command);
      const view = (await administer(connection, {
        command: 'revocations.list',
        ...(all === undefined ? {} : { all }),
      })) as RevocationsView;
      const { left_out: leftOut } = view;
      const more = leftOut === undefined ? [] : [{ kind: `… and ${leftOut} older ones` }];
      const rows = [...view.revocations, ...more, ...view.owed.map(owed)];
      print(format === 'json' ? view : rows, format);
    });
}

/** A line that nobody takes for one that verifiers have read. */
function owed({ level, id, cut }: RevocationsView['owed'][number]): object {
  return { kind: `${level} (not written yet: revoke it again)`, id, cut };
}
