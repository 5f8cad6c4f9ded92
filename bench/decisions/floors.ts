import { createHmac, createPublicKey, createSecretKey, type KeyObject, verify } from 'node:crypto';
import type { AuthorizerHandler } from '../../functions/authorizers/serve.ts';
import { verifyPassword } from '../../functions/core/credentials/password-hash.ts';
import { digest, digestsEqual } from '../../functions/core/digest.ts';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { derFromRaw } from '../../functions/core/tokens/ecdsa-der.ts';
import { ring } from '../../test/support/ring.ts';
import { httpEvents, restEvents, same } from './events.ts';
import type { Contender } from './interleaved.ts';
import { asynchronous, handled, synchronous } from './operations.ts';
import type { DecisionWorld } from './world.ts';

/** What nobody who decides can go below: the primitive alone, on bytes and keys that were prepared before. */
export function floors(world: DecisionWorld): readonly Contender[] {
  const rs256 = prepared('RS256', world);
  const es256 = prepared('ES256', world);
  const apiKey = same(world.apiKey);
  const stored = digest(world.apiKey);
  const macKey = createSecretKey(Buffer.alloc(32, 7));
  const nothing: AuthorizerHandler = async () => ({ isAuthorized: true, context: {} });
  const bearer = same(`Bearer ${world.token('RS256')}`);
  const next = () => ({ authorization: bearer() });
  return [
    floor('RS256', () => verify('sha256', rs256.input, rs256.key, rs256.signature)),
    floor('ES256', () => verify('sha256', es256.input, es256.key, es256.signature)),
    // Tells whether this Node has the slow path for keys in an object, which nothing here may take.
    synchronous('RS256, key in an object', 'RS256', () =>
      verify('sha256', rs256.input, { key: rs256.key }, rs256.signature),
    ),
    floor('SHA-256', () => digestsEqual(digest(apiKey()), stored)),
    floor('HMAC', () => createHmac('sha256', macKey).update(apiKey()).digest()),
    asynchronous('argon2id', 'argon2id', () => verifyPassword(world.password, world.passwordHash)),
    handled('no decision, REST', 'no decision, REST', nothing, restEvents('GET /orders', next)),
    handled('no decision, HTTP', 'no decision, HTTP', nothing, httpEvents('GET /orders', next)),
  ];
}

function floor(name: string, operation: () => unknown): Contender {
  if (operation() === false) throw new Error(`${name}: is not what it should be`);
  return synchronous(name, name, operation);
}

interface Prepared {
  readonly input: Buffer;
  readonly key: KeyObject;
  readonly signature: Buffer;
}

function prepared(alg: Algorithm, world: DecisionWorld): Prepared {
  const [header, payload, text = ''] = world.token(alg).split('.');
  const raw = Buffer.from(text, 'base64url');
  const signature = alg === 'ES256' ? derFromRaw(raw) : raw;
  const jwk = ring.keys.find((one) => one.alg === alg && one.state === 'active')?.public;
  if (jwk === undefined || signature === undefined) throw new Error(`no ${alg} signature`);
  return {
    input: Buffer.from(`${header}.${payload}`),
    key: createPublicKey({ key: { ...jwk }, format: 'jwk' }),
    signature,
  };
}
