/**
 * Is this an issuer identifier: an https URL without query and fragment (RFC 8414 §2)? Plain http is for loopback
 * addresses alone, so that a deployment can be hosted on a developer's machine.
 */
export function isIssuer(value: string): boolean {
  if (!URL.canParse(value) || /[?#\s]/.test(value)) return false;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return false;
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname))
  );
}
