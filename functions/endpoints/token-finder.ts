import type { TokenKind } from '../core/audit.ts';
import { err, type Result } from '../core/result.ts';
import type { Revocations } from '../core/revocation/revocation-view.ts';
import type { DenyReason } from '../core/routes/decision.ts';

/** A token that we have issued, in force or not. */
export interface GenuineToken {
  readonly kind: TokenKind;
  /** Public: what the log calls it. */
  readonly id: string;
  /** The client that it was issued to. */
  readonly clientId: string;
  /** Why it lets nobody in although it is genuine. */
  readonly problem?: DenyReason;
}

/** Recognises one kind of token. */
export interface TokenFinder<Found extends GenuineToken> {
  /**
   * The genuine token of that text, or why there is none; `malformed`: it is none of this kind. Throws `Unavailable`.
   *
   * @param log as it is now
   */
  find(presented: string, now: number, log: Revocations): Promise<Result<Found, DenyReason>>;
}

/** Whatever kind of token it is: what one is shows in its spelling, so a hint adds nothing (RFC 7009 §2.1, RFC 7662 §2.1). */
export async function findToken<Found extends GenuineToken>(
  finders: readonly TokenFinder<Found>[],
  presented: string,
  now: number,
  log: Revocations,
): Promise<Result<Found, DenyReason>> {
  for (const finder of finders) {
    const found = await finder.find(presented, now, log);
    if (found.ok || found.error !== 'malformed') return found;
  }
  return err('malformed');
}
