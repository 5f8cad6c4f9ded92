const hostPattern =
  /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/;
const localPartPattern = /^[A-Za-z0-9_.~+%=&#?/-]{1,64}$/;
const uriPattern = /^[A-Za-z][A-Za-z0-9+.-]{0,30}:[A-Za-z0-9_.~:/?#@%+=&;,-]+$/;
const nameCharactersMax = 250;

/**
 * The subject alternative name of a certificate as rules are looked up by it: `dns:host`, `uri:…`, `email:…`. Host names
 * are in lower case (RFC 5280 §7.2, §7.5), all else stays as it is and is compared character by character.
 *
 * `undefined` for a name that no rule can be made for: a wildcard, which would look like a pattern and is none, and
 * whatever has a character that none of the three needs (a space, a quote, a control character, NUL, non-ASCII).
 */
export function certificateName(type: string, value: string): string | undefined {
  if (value.length > nameCharactersMax) return undefined;
  switch (type) {
    case 'dns':
      return hostPattern.test(value) ? `dns:${value.toLowerCase()}` : undefined;
    case 'uri':
      return uriPattern.test(value) ? `uri:${value}` : undefined;
    case 'email': {
      const at = value.lastIndexOf('@');
      const local = value.slice(0, Math.max(at, 0));
      const host = value.slice(at + 1);
      return localPartPattern.test(local) && hostPattern.test(host)
        ? `email:${local}@${host.toLowerCase()}`
        : undefined;
    }
    default:
      return undefined;
  }
}

/** The name that an operator wrote: `dns:host`, `uri:…`, `email:…`. */
export function readCertificateName(text: string): string | undefined {
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : certificateName(text.slice(0, colon), text.slice(colon + 1));
}
