import { type OAuthError, refusal } from '../errors.ts';
import { err, ok, type Result } from '../result.ts';

const absoluteUri = /^[A-Za-z][A-Za-z0-9+.-]*:[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+$/;

export const resourceValuesMax = 20;

/** Is this a resource indicator: an absolute URI without a fragment (RFC 8707 §2)? */
export function isResourceIndicator(value: string): boolean {
  return value.length <= 2_048 && absoluteUri.test(value) && !value.includes('#');
}

/**
 * The audience of a token (RFC 8707 §2.2): the resources that were asked for, each of which the client must be allowed
 * to ask for, compared as exact strings; the client's default where none was asked for. Each once, in the order given.
 */
export function grantedAudience(
  requested: readonly string[],
  client: { readonly resources: readonly string[]; readonly defaultResource: string },
): Result<readonly string[], OAuthError> {
  if (requested.length === 0) return ok([client.defaultResource]);
  if (!requested.every(isResourceIndicator)) return err(refusal('target_malformed'));
  const permitted = new Set(client.resources);
  return requested.every((resource) => permitted.has(resource))
    ? ok([...new Set(requested)])
    : err(refusal('target_not_permitted'));
}
