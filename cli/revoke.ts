import type { Command } from 'commander';
import type { NewRevocation } from '../functions/admin/commands.ts';
import {
  hasSecretPrefix,
  looksLikeSecret,
  looksLikeToken,
} from '../functions/core/looks-like-secret.ts';
import { confirm } from './confirm.ts';
import { Failure } from './failure.ts';
import { readText } from './read-text.ts';
import { revokeKeysCommand } from './revoke-keys.ts';
import { run } from './run.ts';
import { seconds } from './seconds.ts';

interface RevokeOptions {
  readonly issuer?: string;
  readonly expiresAt?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

/** `keyward revoke …` */
export function revokeCommand(program: Command): void {
  const revoke = program.command('revoke').description('end tokens that are out');

  revokeKeysCommand(revoke, 'key');

  withReason(
    revoke
      .command('token [token_or_jti]')
      .description(
        'one token; - or nothing: from stdin. Nothing but its id, issuer and end is sent',
      ),
  )
    .option('--issuer <url>', 'whose token a bare jti is of; this deployment if left out')
    .option('--expires-at <seconds>', 'exp of a token of which only the jti is known')
    .action((text: string | undefined, options: RevokeOptions, command: Command) => {
      const given = text === undefined || text === '-' ? readText('-') : text.trim();
      return add(command, { level: 'token', ...tokenMembers(given, options) }, options);
    });

  withReason(revoke.command('grant <gid>').description('a grant with all its tokens')).action(
    (id: string, options: RevokeOptions, command: Command) =>
      add(command, { level: 'grant', id: idIn(id, options) }, options),
  );

  for (const level of ['client', 'subject'] as const) {
    withReason(
      revoke
        .command(level === 'client' ? 'client <client_id>' : 'subject <sub>')
        .description(`every token that this ${level} has by now; it can get new ones`),
    )
      .option('--issuer <url>', 'the issuer of the tokens; this deployment if left out')
      .option('--yes', 'really')
      .action((text: string, options: RevokeOptions, command: Command) => {
        const id = idIn(text, options);
        confirm(options, `end every token of the ${level} ${id}`);
        return add(command, { level, id, ...issuerMember(options) }, options);
      });
  }
}

function withReason(command: Command): Command {
  return command.option('--reason <text>', 'why, for the log');
}

function add(command: Command, what: NewRevocation, { reason }: RevokeOptions): Promise<void> {
  return run(command, {
    command: 'revocations.add',
    ...what,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** What is said of a token: what it says itself, or what the operator says of a bare id. */
function tokenMembers(
  text: string,
  options: RevokeOptions,
): Omit<NewRevocation, 'level' | 'reason'> {
  if (text.includes('.') && text.startsWith('eyJ')) return membersOfToken(text, options);
  const { expiresAt } = options;
  return {
    id: idIn(text, options),
    ...issuerMember(options),
    ...(expiresAt === undefined ? {} : { expires_at: seconds(expiresAt, '--expires-at') }),
  };
}

/** Nobody has checked what stands in it: whoever hands over a forged token ends the one whose id is in there. */
function membersOfToken(
  token: string,
  options: RevokeOptions,
): Omit<NewRevocation, 'level' | 'reason'> {
  if (options.issuer !== undefined || options.expiresAt !== undefined) {
    throw new Failure('usage', '--issuer and --expires-at are for a bare jti: a token says both');
  }
  const { jti, exp, iss } = claimsOf(token);
  if (typeof jti !== 'string' || jti === '' || typeof iss !== 'string') {
    throw new Failure(
      'usage',
      'this token has no jti or no iss: revoke its client, or its subject; nothing was sent',
    );
  }
  return {
    id: jti,
    issuer: iss,
    ...(typeof exp === 'number' ? { expires_at: Math.ceil(exp) } : {}),
  };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload = '', signature, ...more] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const isWhole = signature !== undefined && more.length === 0;
    if (isWhole && typeof claims === 'object' && claims !== null) return { ...claims };
  } catch {
    // Below.
  }
  throw new Failure('usage', 'this is neither a JWT nor a jti; nothing was sent');
}

/** In a hurry people put the secret where its id belongs. Nothing of it leaves this machine. */
function idIn(text: string, { issuer }: RevokeOptions): string {
  // The ids of others may be long.
  const isSecret = issuer === undefined ? looksLikeSecret(text) : hasSecretPrefix(text);
  if (text !== '' && !isSecret && !looksLikeToken(text)) return text;
  throw new Failure('usage', 'this is a secret or a token, and not an id; nothing was sent');
}

function issuerMember({ issuer }: RevokeOptions): Pick<NewRevocation, 'issuer'> {
  return issuer === undefined ? {} : { issuer };
}
