import { createPublicKey, generateKeyPairSync, type JsonWebKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { CompactSign, compactVerify, importJWK, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { derFromRaw, rawFromDer } from '../../../functions/core/tokens/ecdsa-der.ts';
import { importSigner, importVerifier } from '../../../functions/core/tokens/signature.ts';
import { ring } from '../../support/ring.ts';

const keys = ring.keys.flatMap((key) => (key.state === 'active' ? [key] : []));

describe.each(keys.map((key) => [key.alg, key] as const))('%s', (alg, key) => {
  const signer = importSigner(key.private, alg);
  const verifier = importVerifier({ ...key.public });

  test('what we sign, jose verifies; what jose signs, we verify; a changed bit neither', async () => {
    const [theirPublic, theirPrivate] = await Promise.all([
      importJWK(key.public as unknown as JWK, alg),
      importJWK(key.private as unknown as JWK, alg),
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 200 }),
        fc.nat(511),
        async (text, bit) => {
          const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
          const input = `${header}.${Buffer.from(text).toString('base64url')}`;
          const ours = signer(input);
          await compactVerify(`${input}.${ours}`, theirPublic, { algorithms: [alg] });
          const theirs = await new CompactSign(Buffer.from(text))
            .setProtectedHeader({ alg })
            .sign(theirPrivate);
          const signature = Buffer.from(theirs.split('.')[2] ?? '', 'base64url');
          expect(verifier?.verify(theirs.slice(0, theirs.lastIndexOf('.')), signature)).toBe(true);
          signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(verifier?.verify(theirs.slice(0, theirs.lastIndexOf('.')), signature)).toBe(false);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('any bytes as a signature are answered with false', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (signature) => {
        expect(verifier?.verify('a.b', signature)).toBe(false);
      }),
    );
  });
});

describe('the two spellings of an ECDSA signature (RFC 7518 §3.4)', () => {
  test('are one over thousands of signatures, leading zeros included', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    let short = 0;
    for (let i = 0; i < 2_000; i += 1) {
      const der = sign('sha256', Buffer.from(String(i)), privateKey);
      const raw = rawFromDer(der);
      if (raw[0] === 0 || raw[32] === 0) short += 1;
      expect(derFromRaw(raw)).toEqual(der);
    }
    expect(short).toBeGreaterThan(0);
  });

  test('a length other than 64 bytes is no signature', () => {
    for (const length of [0, 63, 65, 128])
      expect(derFromRaw(Buffer.alloc(length, 1))).toBeUndefined();
  });
});

describe('importVerifier takes only keys that are fit to verify (RFC 8725 §3.1, RFC 7517 §4)', () => {
  const rsa = (bits: number, exponent = 65_537) =>
    generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: exponent }).publicKey.export({
      format: 'jwk',
    });
  const [first] = keys;
  const good = { ...first?.public };

  test.each<[string, () => Record<string, unknown>]>([
    ['RSA of 1024 bits', () => ({ ...rsa(1_024), kid: 'k' })],
    ['an exponent of 3', () => ({ ...rsa(2_048, 3), kid: 'k' })],
    [
      'another curve',
      () => ({
        ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }),
        kid: 'k',
        alg: 'ES256',
      }),
    ],
    [
      'a point that is not on the curve',
      () => ({
        kty: 'EC',
        crv: 'P-256',
        kid: 'k',
        x: Buffer.alloc(32, 1).toString('base64url'),
        y: Buffer.alloc(32, 1).toString('base64url'),
      }),
    ],
    ['an algorithm that does not fit', () => ({ ...good, alg: 'ES256', kty: 'RSA' })],
    ['PS256', () => ({ ...good, alg: 'PS256' })],
    ['a symmetric key', () => ({ kty: 'oct', k: 'AAAA', kid: 'k', alg: 'HS256' })],
    ['use for encryption', () => ({ ...good, use: 'enc' })],
    ['operations without verify', () => ({ ...good, key_ops: ['sign'] })],
    ['no kid', () => ({ ...good, kid: undefined })],
    ['a private key', () => ({ ...good, d: 'AAAA' })],
    ['nonsense', () => ({ kty: 'RSA', n: '!', e: '?', kid: 'k' })],
  ])('refuses %s', (_name, jwk) => {
    expect(importVerifier(jwk())).toBeUndefined();
  });

  test('and takes an RSA or P-256 key that names no algorithm', () => {
    for (const key of keys) {
      const { alg: _alg, ...jwk } = key.public;
      expect(importVerifier({ ...jwk })?.alg).toBe(key.alg);
      expect(createPublicKey({ key: { ...jwk } as JsonWebKey, format: 'jwk' }).type).toBe('public');
    }
  });
});
