import { type OAuthError, refusal } from '../errors.ts';
import { err, ok, type Result } from '../result.ts';

/** `scope-token` of RFC 6749 §3.3. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const scopeTokensMax = 100;

export function isScopeToken(value: string): boolean {
  return value.length <= 255 && scopeToken.test(value);
}

/** The scope tokens of a `scope` parameter, each once, in the order given (RFC 6749 §3.3). */
export function parseScope(parameter: string): Result<readonly string[], OAuthError> {
  const tokens = parameter.split(' ');
  if (tokens.length > scopeTokensMax || !tokens.every(isScopeToken)) {
    return err(refusal('scope_malformed'));
  }
  return ok([...new Set(tokens)]);
}

/**
 * What a client gets that may have `grantable`: what it asked for if all of it may be granted, its default if it did
 * not ask. Asking for more is refused, never trimmed in silence (RFC 6749 §3.3).
 */
export function grantedScope(
  requested: string | undefined,
  client: { readonly scope: readonly string[]; readonly defaultScope: readonly string[] },
): Result<readonly string[], OAuthError> {
  if (requested === undefined) return ok(client.defaultScope);
  const parsed = parseScope(requested);
  if (!parsed.ok) return parsed;
  const grantable = new Set(client.scope);
  return parsed.value.every((token) => grantable.has(token))
    ? parsed
    : err(refusal('scope_not_granted'));
}
