import '../../local/tls/reflect-metadata.ts';
import { webcrypto } from 'node:crypto';
import { Extension, X509CertificateGenerator } from '@peculiar/x509';
import { derElements, derWithin } from '../../functions/core/certificates/der.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

/** Object identifiers of extensions, for people who write odd ones. */
export const oid = {
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** A certificate with exactly these extensions, whatever is in them: what an authority that checks nothing would sign. */
export async function oddCertificate(
  ...extensions: readonly (readonly [id: string, value: Uint8Array])[]
): Promise<string> {
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=odd',
    issuer: 'CN=careless',
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 3_600_000),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    extensions: extensions.map(([id, value]) => new Extension(id, false, value)),
  });
  return certificate.toString('pem');
}

/** DER of one element. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** A subject alternative name extension; the bytes of a name are those of the text in Latin-1. */
export function sanExtension(
  ...names: readonly (readonly ['dns' | 'uri' | 'email', string])[]
): readonly [string, Uint8Array] {
  const tags = { email: 0x81, dns: 0x82, uri: 0x86 } as const;
  const elements = names.map(([type, value]) => der(tags[type], Buffer.from(value, 'latin1')));
  return [oid.subjectAltName, der(0x30, ...elements)];
}

/** The certificate with its DER changed; nothing signs it again. */
export function rewritten(pem: string, change: (der: Buffer) => Buffer): string {
  const base64 = pem.replace(/-----[A-Z ]+-----/g, '');
  return pemOf(change(Buffer.from(base64, 'base64')));
}

/** The same certificate with the other value of `s` that verifies (ECDSA over P-256): anybody can compute it. */
export function otherSpelling(pem: string): string {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  return rewritten(pem, (bytes) => {
    const [tbs, algorithm, signature] = derWithin(derElements(bytes)?.[0], 0x30) ?? [];
    const values = signature && derElements(signature.content.subarray(1))?.[0];
    const [r, s] = derWithin(values, 0x30) ?? [];
    if (!tbs || !algorithm || !r || !s) throw new Error('not a certificate');
    const hex = (order - BigInt(`0x${s.content.toString('hex')}`)).toString(16);
    const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
    const other = (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.from([0]), digits]);
    const pair = der(0x30, der(0x02, r.content), der(0x02, other));
    return der(
      0x30,
      der(0x30, tbs.content),
      der(0x30, algorithm.content),
      der(0x03, Buffer.from([0]), pair),
    );
  });
}

export function pemOf(bytes: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`;
}
