import type { CredentialPlace, Scheme } from './credential.ts';
import type { Requirement } from './route-policy.ts';

/** The places that a route reads credentials from. */
export function placesOf(key: string, { credentialIn }: Requirement): readonly CredentialPlace[] {
  return (
    credentialIn ?? (key === '$connect' ? ['authorization', 'subprotocol'] : ['authorization'])
  );
}

/**
 * The places in which a credential of a scheme can reach a route. None for a certificate, which belongs to the connection.
 * A bearer token has no business in a URL (OAuth 2.1 §5.2.1), but a browser may have no other place at `$connect`.
 */
export function carriersOf(scheme: Scheme, key: string): readonly CredentialPlace[] {
  const isConnect = key === '$connect';
  switch (scheme) {
    case 'bearer':
      return isConnect ? ['authorization', 'query', 'subprotocol'] : ['authorization'];
    case 'apikey':
      return [
        'authorization',
        'x-api-key',
        'query',
        ...(isConnect ? ['subprotocol' as const] : []),
      ];
    case 'basic':
      return ['authorization'];
    case 'certificate':
      return [];
  }
}
