import { digest } from '../digest.ts';
import { keepLast } from '../keep-last.ts';
import type { VerifiedToken } from './verify-access-token.ts';

/** Tokens whose signature was found good, by the hash of their exact text: no bearer token stays in memory. */
export interface VerifiedTokenCache {
  get(token: string): VerifiedToken | undefined;
  /** Failures are never kept: they would push good entries out. */
  set(token: string, verified: VerifiedToken): void;
  delete(token: string): void;
}

export function verifiedTokenCache(entriesMax = 1_000): VerifiedTokenCache {
  const entries = new Map<string, VerifiedToken>();
  return {
    get(token) {
      const key = digest(token);
      const entry = entries.get(key);
      if (entry !== undefined) keepLast(entries, key, entry, entriesMax);
      return entry;
    },
    set(token, verified) {
      keepLast(entries, digest(token), verified, entriesMax);
    },
    delete(token) {
      entries.delete(digest(token));
    },
  };
}
