import { hash } from 'node:crypto';

/** By what a token can be revoked, spelled as the log spells it. Made once of a token. */
export interface TokenMarks {
  /** Absent: the token has no id. */
  readonly token?: string;
  readonly grant?: string;
  readonly client?: string;
  readonly subject: string;
  readonly key: string;
  /** Epoch seconds; 0 where the token does not say: then every cut is later. */
  readonly issuedAt: number;
}

/** What of a token counts. Empty texts stand for what it does not say. */
export interface MarkedToken {
  readonly tokenId: string;
  readonly grantId: string;
  readonly clientId: string;
  readonly subject: string;
  readonly kid: string;
  readonly issuedAt: number;
}

/**
 * The marks of a token. Two issuers may give two things one id, so what another issuer says stands behind its name; a space
 * is in no issuer. Subjects stand as SHA-256, because many may read the log.
 *
 * @param issuer '' for our own
 */
export function tokenMarks(issuer: string, token: MarkedToken): TokenMarks {
  const { tokenId, grantId, clientId, subject, kid, issuedAt } = token;
  return {
    ...(tokenId === '' ? {} : { token: markOf(issuer, tokenId) }),
    ...(grantId === '' ? {} : { grant: markOf(issuer, grantId) }),
    ...(clientId === '' ? {} : { client: markOf(issuer, clientId) }),
    subject: subjectMark(issuer, subject),
    key: markOf(issuer, kid),
    issuedAt,
  };
}

/** What the log calls a thing of an issuer. */
export function markOf(issuer: string, id: string): string {
  return issuer === '' ? id : `${issuer} ${id}`;
}

/** What the log calls a subject. */
export function subjectMark(issuer: string, subject: string): string {
  return hash('sha256', markOf(issuer, subject), 'base64url');
}
