import { hash } from 'node:crypto';
import { readCertificateName } from '../core/certificates/certificate-name.ts';
import { readSerialNumber } from '../core/certificates/client-certificate.ts';
import { isClientId } from '../core/clients/client.ts';
import { isApiKeyId } from '../core/credentials/api-key.ts';
import { looksLikeSecret, looksLikeToken } from '../core/looks-like-secret.ts';

/** The members that say whom a command is about, and what each of them looks like when it is no mistake. */
const forms: readonly (readonly [string, (id: string) => boolean])[] = [
  ['client_id', (id) => isClientId(id) && !looksLikeSecret(id)],
  ['key_id', isApiKeyId],
  ['username', (id) => /^[A-Za-z0-9_.~@+-]{1,128}$/.test(id) && !looksLikeSecret(id)],
  ['certificate_id', isCertificateId],
  ['serial', (id) => readSerialNumber(id) !== undefined],
  // Of a revocation: a subject may be the name of a person, so its hash comes before its id.
  ['subject_hash', (hash) => /^[0-9a-f]{16}$/.test(hash)],
  ['id', (id) => /^[\w.~-]{1,128}$/.test(id) && !looksLikeSecret(id) && !looksLikeToken(id)],
];

/** The levels of revocation whose ids may be written down: they name nobody. */
const plainLevels = ['token', 'grant', 'client'];

/**
 * Whom a command was about, by public id. In a hurry, for instance because a key has leaked, people put the whole of it
 * where its id belongs; so an id is written down only in its own form, and a secret as a digest, which tells whoever has it
 * that it was this one. That is 256 random bits: a digest of anything else that was refused, perhaps of a password that
 * somebody has thought of, could be guessed, so nothing is written of it.
 *
 * @param value the result of a command that was carried out, or the command that was refused
 */
export function auditSubject(value: unknown, isDone: boolean): { readonly subject?: string } {
  if (typeof value !== 'object' || value === null) return {};
  const members = new Map<string, unknown>(Object.entries(value));
  if (!plainLevels.some((level) => level === members.get('level'))) members.delete('id');
  const [name, isOfForm] = forms.find(([one]) => members.has(one)) ?? [];
  const id = members.get(name ?? '');
  if (typeof id !== 'string') return {};
  if (isOfForm?.(id)) return { subject: id };
  // What is there has a name that it was given, if only in other letters.
  return isDone || looksLikeSecret(id)
    ? { subject: `sha256:${hash('sha256', id, 'hex').slice(0, 16)}` }
    : {};
}

/** What a revocation says of itself beside its subject: its level and the operator's reason. */
export function auditRevocation(input: unknown): {
  readonly level?: string;
  readonly reason?: string;
} {
  if (typeof input !== 'object' || input === null) return {};
  const { level, reason } = input as Readonly<Record<string, unknown>>;
  return {
    ...([...plainLevels, 'subject'].some((one) => one === level) ? { level: String(level) } : {}),
    ...(typeof reason === 'string' && isTellable(reason) ? { reason: cleaned(reason) } : {}),
  };
}

const reasonCharactersMax = 100;

/** Neither empty nor, as far as one can tell, a secret or a token. */
function isTellable(text: string): boolean {
  return cleaned(text) !== '' && !looksLikeSecret(text) && !looksLikeToken(text);
}

function cleaned(text: string): string {
  return text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, reasonCharactersMax)
    .toWellFormed();
}

/** A thumbprint, or the name of a rule. */
function isCertificateId(id: string): boolean {
  return (
    /^[A-Za-z0-9_-]{43}$/.test(id) ||
    (readCertificateName(id) !== undefined && !looksLikeSecret(id))
  );
}
