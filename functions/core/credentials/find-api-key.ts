import { digest, digestsEqual } from '../digest.ts';
import type { Lookup } from '../ports/lookup.ts';
import { err, ok, type Result } from '../result.ts';
import { available } from '../unavailable.ts';
import { type ApiKeyFormat, parseApiKey } from './api-key.ts';
import type { ApiKey } from './api-key-record.ts';

const nobodysHash = digest('nobody has this key');

/**
 * The record of a key whose secret is right, be it in force or not. What is no key of this deployment is refused before
 * anything is read; an unknown key and a wrong secret cost the same and share one reason. Throws `Unavailable`.
 *
 * @param isFresh what is in memory does not count
 */
export async function findApiKey(
  presented: string,
  { prefix, environment }: ApiKeyFormat,
  keys: Lookup<ApiKey>,
  isFresh: boolean,
): Promise<Result<ApiKey, 'malformed' | 'key_unknown'>> {
  const parsed = parseApiKey(presented);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (value.prefix !== prefix || value.environment !== environment) return err('key_unknown');
  const key = await available('the Clients table', () => keys.find(value.keyId, isFresh));
  const isRight = digestsEqual(value.hash, key?.hash ?? nobodysHash);
  return key !== undefined && isRight ? ok(key) : err('key_unknown');
}
