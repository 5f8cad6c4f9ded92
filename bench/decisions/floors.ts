import { createHmac, createPublicKey, createSecretKey, type KeyObject, verify } from 'node:crypto';
import type { AuthorizerHandler } from '../../functions/authorizers/serve.ts';
import { verifyPassword } from '../../functions/core/credentials/password-hash.ts';
import { digest, digestsEqual } from '../../functions/core/digest.ts';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { derFromRaw } from '../../functions/core/tokens/ecdsa-der.ts';
import { activeKey } from '../../test/support/ring.ts';
import type { Contender } from '../measure/interleaved.ts';
import { authorized, httpEvents, restEvents, same } from './events.ts';
import { asynchronous, handled, synchronous } from './operations.ts';
import type { DecisionWorld } from './world.ts';

/** Whose bare check anybody can be held against. */
export type FloorAlgorithm = Algorithm | 'EdDSA';

/** What nobody who decides can go below: the primitive alone, on bytes and keys that were prepared before. */
export function floors(world: DecisionWorld): readonly Contender[] {
  const rs256 = signed('RS256', world);
  const apiKey = same(world.apiKey);
  const stored = digest(world.apiKey);
  const macKey = createSecretKey(Buffer.alloc(32, 7));
  const nothing: AuthorizerHandler = async () => ({ isAuthorized: true, context: {} });
  const bearer = same(`Bearer ${world.token('RS256')}`);
  const next = authorized(bearer);
  return [
    signatureFloor(rs256),
    signatureFloor(signed('ES256', world)),
    wrappedKey(rs256),
    floor('SHA-256', () => digestsEqual(digest(apiKey()), stored)),
    floor('HMAC', () => createHmac('sha256', macKey).update(apiKey()).digest()),
    asynchronous('argon2id', 'argon2id', () => verifyPassword(world.password, world.passwordHash)),
    handled('no decision, REST', 'no decision, REST', nothing, restEvents('GET /orders', next)),
    handled('no decision, HTTP', 'no decision, HTTP', nothing, httpEvents('GET /orders', next)),
  ];
}

/** A token and the public key that it verifies with. */
export interface Signed {
  readonly alg: FloorAlgorithm;
  readonly token: string;
  readonly key: KeyObject;
}

/** The check of a token's signature alone, by the name of its algorithm. */
export function signatureFloor(token: Signed): Contender {
  const { hash, input, key, signature } = prepared(token);
  return floor(token.alg, () => verify(hash, input, key, signature));
}

/** Tells whether this Node has the slow path for keys in an object, which nothing of ours may take. */
export function wrappedKey(token: Signed): Contender {
  const { hash, input, key, signature } = prepared(token);
  return synchronous(`${token.alg}, key in an object`, token.alg, () =>
    verify(hash, input, { key }, signature),
  );
}

function floor(name: string, operation: () => unknown): Contender {
  if (operation() === false) throw new Error(`${name}: is not what it should be`);
  return synchronous(name, name, operation);
}

function prepared({ alg, token, key }: Signed) {
  const [header, payload, text = ''] = token.split('.');
  const raw = Buffer.from(text, 'base64url');
  const signature = alg === 'ES256' ? derFromRaw(raw) : raw;
  if (signature === undefined) throw new Error(`no ${alg} signature`);
  const hash = alg === 'EdDSA' ? undefined : 'sha256';
  return { hash, input: Buffer.from(`${header}.${payload}`), key, signature };
}

function signed(alg: Algorithm, world: DecisionWorld): Signed {
  const jwk = { ...activeKey(alg).public };
  return { alg, token: world.token(alg), key: createPublicKey({ key: jwk, format: 'jwk' }) };
}
