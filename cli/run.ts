import type { Command } from 'commander';
import type { AdminCommand } from '../functions/admin/commands.ts';
import { administer } from './deployment.ts';
import { globals } from './globals.ts';
import { print } from './output.ts';

/** Runs an operator command and prints what it answers. */
export async function run(command: Command, adminCommand: AdminCommand): Promise<void> {
  const { connection, format } = globals(command);
  print(await administer(connection, adminCommand), format);
}
