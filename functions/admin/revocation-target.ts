import { hash } from 'node:crypto';
import { isClientId } from '../core/clients/client.ts';
import { looksLikeSecret, looksLikeToken } from '../core/looks-like-secret.ts';
import { markOf, subjectMark } from '../core/revocation/token-marks.ts';
import { isTokenId } from '../core/tokens/access-token.ts';
import { isIssuer } from '../core/tokens/issuer.ts';
import { type CommandReader, InvalidCommand, required } from './command-reader.ts';
import type { RevokedTokensView } from './views.ts';

const levels = ['token', 'grant', 'client', 'subject'] as const;

/** What a command wants dead. */
export interface RevocationTarget
  extends Pick<RevokedTokensView, 'level' | 'id' | 'issuer' | 'subject_hash'> {
  /** The id as the log spells it. */
  readonly mark: string;
  readonly isOwn: boolean;
}

/**
 * Reads what a command wants dead. Whatever can be told of an id by its looks is told: a typo must not look like success,
 * and a token does not belong here, only its id.
 *
 * @param ownIssuer which a command may name, or leave out
 */
export function revocationTarget(command: CommandReader, ownIssuer: string): RevocationTarget {
  const named = required(command, 'level');
  const level = levels.find((one) => one === named);
  if (level === undefined) throw new InvalidCommand(`level must be one of: ${levels.join(', ')}`);
  const issuer = command.text('issuer') ?? ownIssuer;
  if (!isIssuer(issuer)) {
    throw new InvalidCommand('issuer must be an https URL, as it stands in the iss of its tokens');
  }
  const isOwn = issuer === ownIssuer;
  const id = required(command, 'id');
  const problem = problemOf(level, id, isOwn);
  if (problem !== undefined) throw new InvalidCommand(problem);
  const marked = isOwn ? '' : issuer;
  return {
    ...{ level, id, issuer, isOwn },
    mark: level === 'subject' ? subjectMark(marked, id) : markOf(marked, id),
    ...(level === 'subject' ? { subject_hash: subjectHash(issuer, id) } : {}),
  };
}

function problemOf(
  level: RevocationTarget['level'],
  id: string,
  isOwn: boolean,
): string | undefined {
  if (looksLikeToken(id) || (isOwn && looksLikeSecret(id))) {
    return 'id is what names the thing to revoke, never a token or a secret itself';
  }
  // What a verifier accepts of a token, and nothing more.
  if (/\p{Cc}/u.test(id) || id.length > 255) return 'id must have 1 to 255 printable characters';
  switch (level) {
    case 'token':
      return isOwn && !isTokenId(id)
        ? 'id must be the jti of a token of this issuer, 22 characters of base64url; name the issuer of another one'
        : undefined;
    case 'client':
      return isOwn && !isClientId(id) ? 'id must be a client_id' : undefined;
    case 'grant':
      if (!isOwn) return 'tokens of another issuer name no grant';
      return /^[\w-]+$/.test(id) ? undefined : 'id must be the gid of a token of this issuer';
    case 'subject':
      return undefined;
  }
}

/** The same as in the records of decisions. */
function subjectHash(issuer: string, subject: string): string {
  return hash('sha256', `${issuer}|${subject}`, 'hex').slice(0, 16);
}
