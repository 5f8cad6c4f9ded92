import { hash, timingSafeEqual } from 'node:crypto';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { peerClaims } from './claims.ts';
import type { Answer } from './controls.ts';
import type { Sign } from './signing-libraries.ts';
import type { IssuingWorld } from './world.ts';

/** A parameter of the form. */
type Parameter = (name: string) => unknown;

/**
 * The token endpoint that everybody writes around a library: one client in memory, its secret compared as SHA-256 in constant
 * time, the scope held against what the client may have.
 */
export function peerEndpoint(
  world: IssuingWorld,
  alg: Algorithm,
  sign: Sign,
): (parameter: Parameter) => Promise<Answer> {
  const { clientId } = world.clients[alg];
  const stored = digest(world.clientSecret);
  const grantable = new Set(world.scope);
  const refused = (status: number, error: string): Answer => ({
    status,
    body: JSON.stringify({ error }),
  });

  return async (parameter) => {
    if (parameter('grant_type') !== 'client_credentials') {
      return refused(400, 'unsupported_grant_type');
    }
    const secret = digest(String(parameter('client_secret') ?? ''));
    if (!timingSafeEqual(secret, stored) || parameter('client_id') !== clientId) {
      return refused(401, 'invalid_client');
    }
    const scope = String(parameter('scope') ?? '');
    if (!scope.split(' ').every((token) => grantable.has(token))) {
      return refused(400, 'invalid_scope');
    }
    const access_token = await sign(peerClaims(world, alg, scope));
    const { lifetimeSeconds: expires_in } = world;
    const body = JSON.stringify({ access_token, token_type: 'Bearer', expires_in, scope });
    return { status: 200, body };
  };
}

/** Nobody may keep an answer of a token endpoint. */
export const noStore = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const;

function digest(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
