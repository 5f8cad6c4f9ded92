import { hasSecretPrefix, looksLikeToken } from '../core/looks-like-secret.ts';
import { isPrintableLine } from './printable-line.ts';
import { RotationRefused } from './refusal.ts';

/** What an operator asks for, and why. */
export interface RevokeRequest {
  readonly kids: readonly string[] | 'all';
  readonly by: string;
  readonly reason: string;
  readonly evenSigning: boolean;
}

/** Throws `RotationRefused` for whatever is no request, and for one that says too little or too much. */
export function readRevokeRequest(asked: unknown): RevokeRequest {
  if (typeof asked !== 'object' || asked === null) throw new RotationRefused('invalid_intent');
  const {
    kids,
    all,
    by,
    reason,
    even_signing: evenSigning,
    ...others
  } = asked as Readonly<Record<string, unknown>>;
  const which =
    all === true && kids === undefined ? 'all' : all === undefined ? kidsOf(kids) : undefined;
  const isValid =
    isPrintableLine(by) &&
    isPrintableLine(reason) &&
    // It goes into the log as it is.
    !hasSecretPrefix(reason) &&
    !looksLikeToken(reason) &&
    (evenSigning === undefined || typeof evenSigning === 'boolean') &&
    Object.keys(others).length === 0;
  if (which === undefined || !isValid) throw new RotationRefused('invalid_intent');
  return { kids: which, by, reason, evenSigning: evenSigning === true };
}

const kidsMax = 100;

function kidsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > kidsMax) return undefined;
  return value.every(isPrintableLine) ? [...new Set(value)] : undefined;
}
