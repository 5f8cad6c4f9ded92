import { type Recent, recent } from '../recent.ts';
import type { VerifiedToken } from './verify-access-token.ts';

/**
 * Tokens whose signature was found good, by the digest of their exact text: no bearer token stays in memory. Failures are
 * never kept: they would push good entries out.
 */
export type VerifiedTokenCache = Recent<string, VerifiedToken>;

export function verifiedTokenCache(): VerifiedTokenCache {
  return recent(1_000);
}
