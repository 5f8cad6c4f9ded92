import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { importSigner } from '../../functions/core/tokens/signature.ts';
import { activeKey } from '../../test/support/ring.ts';
import { forged } from '../decisions/credentials.ts';
import type { FloorAlgorithm } from '../decisions/floors.ts';
import type { DecisionWorld } from '../decisions/world.ts';

export const algorithms: readonly FloorAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];

/** What a token is checked for. */
export type Check = 'signature' | 'iss' | 'aud' | 'exp' | 'typ';

/** Public keys as a set, one for each algorithm. */
export interface KeySet {
  readonly keys: readonly {
    readonly kid: string;
    readonly kty: string;
    readonly alg: string;
    readonly use: string;
  }[];
}

/** Whom tokens come from and for whom they are, and the tokens themselves: the same bytes for everybody. */
export interface PeerWorld {
  readonly issuer: string;
  readonly audience: string;
  readonly keySet: KeySet;
  publicKey(alg: FloorAlgorithm): KeyObject;
  /** Another good one at each call. */
  token(alg: FloorAlgorithm): string;
  /** One that is good but for this. */
  flawed(alg: FloorAlgorithm, flaw: Check): string;
}

type Json = Readonly<Record<string, unknown>>;

interface SigningKey {
  readonly kid: string;
  readonly jwk: KeySet['keys'][number];
  readonly publicKey: KeyObject;
  readonly sign: (input: string) => string;
}

/** Tokens as this service writes them, signed by the keys that the world publishes and by one more, for EdDSA. */
export function peerWorld(world: DecisionWorld): PeerWorld {
  const keys = { RS256: ringKey('RS256'), ES256: ringKey('ES256'), EdDSA: edwardsKey() };
  const { iss, aud, ...claims } = claimsOf(world.token('RS256'));
  const now = Number(claims.iat);
  let serial = 0;
  const minted = (alg: FloorAlgorithm, changes: Json = {}, typ = 'at+jwt'): string => {
    serial += 1;
    const { kid, sign } = keys[alg];
    const jti = `${crypto.randomUUID()}-${serial}`;
    const input = `${encoded({ typ, alg, kid })}.${encoded({ iss, aud, ...claims, jti, ...changes })}`;
    return `${input}.${sign(input)}`;
  };

  return {
    issuer: String(iss),
    audience: String(aud),
    keySet: { keys: Object.values(keys).map(({ jwk }) => jwk) },
    publicKey: (alg) => keys[alg].publicKey,
    token: (alg) => minted(alg),
    flawed(alg, flaw) {
      switch (flaw) {
        case 'signature':
          return forged(minted(alg), minted(alg));
        case 'iss':
          return minted(alg, { iss: 'https://another.example.com' });
        case 'aud':
          return minted(alg, { aud: 'https://another.example.com' });
        case 'exp':
          return minted(alg, { iat: now - 1_200, exp: now - 600 });
        case 'typ':
          return minted(alg, {}, 'JWT');
      }
    },
  };
}

function ringKey(alg: 'RS256' | 'ES256'): SigningKey {
  const key = activeKey(alg);
  return {
    kid: key.kid,
    jwk: { ...key.public, kid: key.kid, alg, use: 'sig' },
    publicKey: createPublicKey(createPrivateKey({ key: { ...key.private }, format: 'jwk' })),
    sign: importSigner(key.private, alg),
  };
}

function edwardsKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const kid = 'edwards';
  return {
    kid,
    jwk: {
      ...publicKey.export({ format: 'jwk' }),
      kty: 'OKP',
      kid,
      alg: 'EdDSA',
      use: 'sig',
    },
    publicKey,
    sign: (input) => sign(null, Buffer.from(input), privateKey).toString('base64url'),
  };
}

function encoded(part: Json): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function claimsOf(token: string): Json {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}
