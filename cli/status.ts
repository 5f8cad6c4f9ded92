import type { Command } from 'commander';
import type { StatusView } from '../functions/admin/views.ts';
import { administer } from './deployment.ts';
import { globals } from './globals.ts';
import { guardedApis } from './guarded-apis.ts';
import { print } from './output.ts';

/** `keyward status` */
export function statusCommand(program: Command): void {
  program
    .command('status')
    .description('the deployment in one look: keys, revocations, APIs, who follows the log')
    .action(async (_options, command: Command) => {
      const { connection, format } = globals(command);
      const view = (await administer(connection, { command: 'status' })) as StatusView;
      const { issuer, environments, ...facts } = view;
      const apis = await guardedApis(connection);
      print({ deployment: connection.name, issuer, ...facts, apis, environments }, format);
    });
}
