import type { Command } from 'commander';
import type { NewGrantee } from '../functions/admin/commands.ts';
import { collect } from './globals.ts';
import { seconds } from './seconds.ts';

/** Options of every command that makes an API key, a Basic user or a certificate. */
export interface GranteeOptions {
  readonly owner?: string;
  readonly scope?: readonly string[];
  readonly resource?: readonly string[];
  readonly expiresIn?: string;
  readonly address?: readonly string[];
  readonly tier?: string;
}

export function withGrantee(command: Command): Command {
  return command
    .option('--owner <owner>', 'whom it stands for, also when it is replaced; itself if left out')
    .option('--scope <scope>', 'a scope that it has; repeatable', collect)
    .option('--resource <uri>', 'an API that it is good for (RFC 8707); repeatable', collect)
    .option('--expires-in <seconds>', 'it expires')
    .option('--address <cidr>', 'where it may be used from; repeatable', collect)
    .option('--tier <tier>', 'the usage plan that its calls are counted in');
}

/** The options as members of a command. */
export function granteeMembers(options: GranteeOptions): NewGrantee {
  const { owner, scope, resource, expiresIn, address, tier } = options;
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(scope === undefined ? {} : { scope }),
    ...(resource === undefined ? {} : { resources: resource }),
    ...(expiresIn === undefined ? {} : { expires_in: seconds(expiresIn, '--expires-in') }),
    ...(address === undefined ? {} : { addresses: address }),
    ...(tier === undefined ? {} : { tier }),
  };
}
