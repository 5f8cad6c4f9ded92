import { signAccessToken } from '../../functions/core/tokens/access-token-signer.ts';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { audience, issuer, now } from './gate.ts';
import { ring } from './ring.ts';

/** A good access token of the test's issuer, as an `Authorization` value. */
export function bearerToken(
  claims: Readonly<Record<string, unknown>> = {},
  alg: Algorithm = 'RS256',
): string {
  const { token } = signAccessToken(ring, alg, {
    iss: issuer,
    sub: 'orders',
    client_id: 'orders',
    aud: audience,
    iat: now,
    exp: now + 600,
    jti: 'jti-1',
    scope: 'orders:read',
    ...claims,
  });
  return `Bearer ${token}`;
}
