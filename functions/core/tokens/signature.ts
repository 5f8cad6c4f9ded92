import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { type Algorithm, isAlgorithm } from './algorithm.ts';
import { derFromRaw, rawFromDer } from './ecdsa-der.ts';

/** Signs with one private key. */
export type Signer = (input: string) => string;

/** Verifies signatures of one key and algorithm. Never throws for a signature, whatever its bytes are. */
export type SignatureVerifier = (input: string, signature: Uint8Array) => boolean;

/**
 * The one module that signs and verifies tokens: synchronous, with bare KeyObjects that were imported once. WebCrypto
 * costs a hop to a thread and a promise; a key wrapped in an object costs more than the signature on some releases.
 *
 * @param jwk a private JWK of the ring
 * @returns makes the signature of a signing input, as base64url
 */
export function importSigner(jwk: Readonly<Record<string, unknown>>, alg: Algorithm): Signer {
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
  assertStrength(key, alg);
  switch (alg) {
    case 'RS256':
      return (input) => sign('sha256', Buffer.from(input), key).toString('base64url');
    case 'ES256':
      return (input) => rawFromDer(sign('sha256', Buffer.from(input), key)).toString('base64url');
  }
}

/** A public key of somebody's set that fits one of our algorithms. */
export interface ImportedKey {
  readonly kid: string;
  readonly alg: Algorithm;
  /** base64url of SHA-256 of the key itself: another key under one `kid` is another key. */
  readonly fingerprint: string;
  readonly verify: SignatureVerifier;
}

/**
 * Imports a public JWK (RFC 7517 §4). The algorithm is the key's own; where the key names none, it follows from the key
 * type (RFC 8725 §3.1). `undefined` for what is not a signing key of ours to use: another use or algorithm, RSA below 2048
 * bits or with a small exponent, another curve, a private or symmetric key, no `kid`.
 */
export function importVerifier(jwk: Readonly<Record<string, unknown>>): ImportedKey | undefined {
  const { kid, kty, use, crv } = jwk;
  const alg = jwk.alg ?? (kty === 'RSA' ? 'RS256' : kty === 'EC' && crv === 'P-256' ? 'ES256' : '');
  if (typeof kid !== 'string' || kid === '' || kid.length > 255 || !isAlgorithm(alg))
    return undefined;
  if (use !== undefined && use !== 'sig') return undefined;
  if (Object.hasOwn(jwk, 'd') || Object.hasOwn(jwk, 'k')) return undefined;
  if (Array.isArray(jwk.key_ops) && !jwk.key_ops.includes('verify')) return undefined;
  let key: KeyObject;
  try {
    key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    assertStrength(key, alg);
  } catch {
    return undefined;
  }
  const fingerprint = hash('sha256', key.export({ type: 'spki', format: 'der' }), 'base64url');
  return { kid, alg, fingerprint, verify: verifierOf(key, alg) };
}

function verifierOf(key: KeyObject, alg: Algorithm): SignatureVerifier {
  switch (alg) {
    case 'RS256': {
      const bytes = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
      return (input, signature) =>
        signature.length === bytes && verify('sha256', Buffer.from(input), key, signature);
    }
    case 'ES256':
      return (input, signature) => {
        const der = derFromRaw(signature);
        return der !== undefined && verify('sha256', Buffer.from(input), key, der);
      };
  }
}

function assertStrength(key: KeyObject, alg: Algorithm): void {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  const isStrong =
    alg === 'RS256'
      ? key.asymmetricKeyType === 'rsa' &&
        modulusLength >= 2_048 &&
        modulusLength % 8 === 0 &&
        publicExponent >= 65_537n &&
        publicExponent % 2n === 1n
      : key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1';
  if (!isStrong) throw new Error('a key that does not fit its algorithm');
}
