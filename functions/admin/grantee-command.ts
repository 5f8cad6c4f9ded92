import type { Grantee } from '../core/credentials/grantee.ts';
import { type CommandReader, secondsFromNow } from './command-reader.ts';
import type { GranteeView } from './views.ts';

/** Members that every command has which makes an API key, a Basic user or a certificate. */
export const granteeMembers = [
  'owner',
  'scope',
  'resources',
  'expires_in',
  'addresses',
  'tier',
] as const;

/**
 * The grantee that a command describes. Nothing is validated here: `brokenGranteeRule` judges the record before it is
 * written.
 *
 * @param owner whom the credential stands for where the command does not say
 * @param defaultResource the API that it is good for where the command names none; '' for none
 */
export function granteeOf(
  command: CommandReader,
  now: number,
  { owner, defaultResource }: { readonly owner: string; readonly defaultResource: string },
): Grantee {
  const expiresAt = secondsFromNow(command, 'expires_in', now);
  const tier = command.text('tier');
  return {
    owner: command.text('owner') ?? owner,
    scope: command.list('scope') ?? [],
    resources: command.list('resources') ?? (defaultResource === '' ? [] : [defaultResource]),
    status: 'enabled',
    ...(expiresAt === undefined ? {} : { expiresAt }),
    addresses: command.list('addresses') ?? [],
    ...(tier === undefined ? {} : { tier }),
    createdAt: now,
    updatedAt: now,
  };
}

/** A grantee as operators see it. */
export function granteeView(grantee: Grantee): GranteeView {
  const { owner, scope, resources, status, expiresAt, addresses, tier } = grantee;
  return {
    owner,
    scope: scope.join(' '),
    resources,
    status,
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(tier === undefined ? {} : { tier }),
    created_at: grantee.createdAt,
    updated_at: grantee.updatedAt,
  };
}
