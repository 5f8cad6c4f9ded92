import type { AccessTokenClaims } from '../../functions/core/tokens/access-token.ts';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import type { IssuingWorld } from './world.ts';

/** Claims of the next token, as people put them together: those that Keyward's tokens have, with a UUID as `jti`. */
export function peerClaims(
  { issuer, audience, lifetimeSeconds, clients }: IssuingWorld,
  alg: Algorithm,
  scope: string,
): AccessTokenClaims {
  const iat = Math.floor(Date.now() / 1_000);
  const { clientId } = clients[alg];
  return {
    iss: issuer,
    sub: clientId,
    aud: audience,
    client_id: clientId,
    scope,
    iat,
    exp: iat + lifetimeSeconds,
    jti: crypto.randomUUID(),
  };
}
