import './reflect-metadata.ts';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface CertificateOrder {
  readonly commonName: string;
  readonly usage: 'client' | 'server';
  readonly sans?: SubjectAlternativeNames;
  /** @default an hour ago */
  readonly notBefore?: Date;
  /** @default a year from now, and never later than the authority itself */
  readonly notAfter?: Date;
}

export interface SubjectAlternativeNames {
  readonly dns?: readonly string[];
  readonly uri?: readonly string[];
  readonly email?: readonly string[];
  readonly ip?: readonly string[];
}

/** A certificate with its key, both as PEM (PKCS #8). */
export interface KeyedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Signs certificates (EC P-256, SHA-256) directly, without an intermediate. */
export interface CertificateAuthority extends KeyedCertificate {
  issue(order: CertificateOrder): Promise<KeyedCertificate>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hourMilliseconds = 3_600_000;
const yearMilliseconds = 365 * 24 * hourMilliseconds;

/** A new authority of ten years, with a key of its own whatever the name. */
export async function newAuthority(commonName: string): Promise<CertificateAuthority> {
  const keys = await newKeys();
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    notBefore: new Date(now - hourMilliseconds),
    notAfter: new Date(now + 10 * yearMilliseconds),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return authority(certificate, keys.privateKey);
}

/** The authority that was kept as PEM. @throws for text that is no certificate or no P-256 key */
export async function loadAuthority(kept: KeyedCertificate): Promise<CertificateAuthority> {
  const pkcs8 = PemConverter.decodeFirst(kept.privateKeyPem);
  const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
  return authority(new X509Certificate(kept.certificatePem), key);
}

async function authority(
  certificate: X509Certificate,
  signingKey: webcrypto.CryptoKey,
): Promise<CertificateAuthority> {
  return {
    certificatePem: pemOf(certificate),
    privateKeyPem: await keyPem(signingKey),
    async issue({ commonName, usage, sans = {}, notBefore, notAfter }) {
      const keys = await newKeys();
      const now = Date.now();
      const names = generalNames(sans);
      const end = Math.min(now + yearMilliseconds, certificate.notAfter.getTime());
      const issued = await X509CertificateGenerator.create({
        subject: [{ CN: [commonName] }],
        issuer: certificate.subjectName.toJSON(),
        notBefore: notBefore ?? new Date(now - hourMilliseconds),
        notAfter: notAfter ?? new Date(end),
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage[`${usage}Auth`]]),
          await SubjectKeyIdentifierExtension.create(keys.publicKey),
          await AuthorityKeyIdentifierExtension.create(certificate.publicKey),
          ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
        ],
      });
      return { certificatePem: pemOf(issued), privateKeyPem: await keyPem(keys.privateKey) };
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

type GeneralName = {
  readonly type: 'dns' | 'url' | 'email' | 'ip';
  readonly value: string;
};

function generalNames(sans: SubjectAlternativeNames): GeneralName[] {
  const { dns = [], uri = [], email = [], ip = [] } = sans;
  return [
    ...dns.map((value) => ({ type: 'dns', value }) as const),
    ...uri.map((value) => ({ type: 'url', value }) as const),
    ...email.map((value) => ({ type: 'email', value }) as const),
    ...ip.map((value) => ({ type: 'ip', value }) as const),
  ];
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`;
}
