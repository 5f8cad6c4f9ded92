import { generateKeyPair, hash, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { FreshKey, KeyGenerator } from '../ports/key-generator.ts';
import type { Algorithm } from '../tokens/algorithm.ts';
import type { PrivateJwk } from './key-ring.ts';
import type { PublicJwk } from './published-keys.ts';

const generate = promisify(generateKeyPair);

/** Real keys: RSA with 2048 bits and e = 65537 for RS256, P-256 for ES256 (RFC 7518 §3.3, §3.4). */
export const keyGenerator: KeyGenerator = { generate: generateKey };

async function generateKey(alg: Algorithm): Promise<FreshKey> {
  const pair = await keyPair(alg);
  const members = stringMembers(pair.publicKey);
  const kid = thumbprint(members);
  const publicJwk: PublicJwk = { ...members, kty: members.kty ?? '', kid, alg, use: 'sig' };
  return { kid, alg, public: publicJwk, private: stringMembers(pair.privateKey) };
}

function keyPair(alg: Algorithm): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  switch (alg) {
    case 'RS256':
      return generate('rsa', { modulusLength: 2048, publicExponent: 65_537 });
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' });
  }
}

/** A JWK's members; for these key types every one of them is a string (RFC 7518 §6.2, §6.3). */
function stringMembers(key: KeyObject): PrivateJwk {
  const members = Object.entries(key.export({ format: 'jwk' }));
  return Object.fromEntries(members.map(([name, value]) => [name, String(value)]));
}

/** SHA-256 of the required members in lexicographic order, without white space (RFC 7638 §3). */
function thumbprint(jwk: Readonly<Record<string, string>>): string {
  const required = jwk.kty === 'RSA' ? ['e', 'kty', 'n'] : ['crv', 'kty', 'x', 'y'];
  const canonical = JSON.stringify(Object.fromEntries(required.map((name) => [name, jwk[name]])));
  return hash('sha256', canonical, 'base64url');
}
