import { hash } from 'node:crypto';
import type { RecordKind } from '../records/record-kind.ts';
import { RecordReader } from '../records/record-reader.ts';
import type { ClientCertificate } from './client-certificate.ts';

/** A certificate that no pin and no rule lets in any more, by itself or by its issuer and serial number. */
export type RevokedCertificate = RevokedContent | RevokedSerialNumber;

interface Revocation {
  readonly serialNumber: string;
  /** The issuer's subject, for people. */
  readonly issuer: string;
  readonly revokedAt: number;
}

/** One that was at hand. Its issuer need not be known, and another spelling of its signature is the same certificate. */
export interface RevokedContent extends Revocation {
  /** base64url of SHA-256 of its TBSCertificate. */
  readonly tbsSha256: string;
  /** For people. */
  readonly subject: string;
}

/** One that was not at hand. A serial number is unique within one issuer, and a key is what an issuer is. */
export interface RevokedSerialNumber extends Revocation {
  /** base64 of the DER of its SubjectPublicKeyInfo: who signed a certificate can be told by nothing less. */
  readonly issuerSpki: string;
}

/** Revoked certificates in the Clients table. */
export const revokedCertificateKind: RecordKind<RevokedCertificate> = {
  name: 'revoked certificate',
  prefix: 'CX#',
  schema: 1,
  idOf: (revoked) =>
    'tbsSha256' in revoked
      ? contentRevocationId(revoked.tbsSha256)
      : serialRevocationId(revoked.issuerSpki, revoked.serialNumber),
  parse(item) {
    const record = new RecordReader('revoked certificate', item);
    return {
      serialNumber: record.text('serialNumber'),
      issuer: record.text('issuer'),
      revokedAt: record.integer('revokedAt'),
      ...(item.tbsSha256 === undefined
        ? { issuerSpki: record.text('issuerSpki') }
        : { tbsSha256: record.digest('tbsSha256'), subject: record.text('subject') }),
    };
  },
};

/** The id under which the revocation of a certificate itself would be found. The key of an issuer is never called `tbs`. */
export function contentRevocationId(tbsSha256: string): string {
  return `tbs#${tbsSha256}`;
}

/** The id under which a revocation by serial number would be found. @param issuerSpki base64 of DER */
export function serialRevocationId(issuerSpki: string, serialNumber: string): string {
  return `${issuerKeyOf(issuerSpki)}#${serialNumber}`;
}

/** What an issuer is called by. @param spki base64 of the DER of its SubjectPublicKeyInfo */
export function issuerKeyOf(spki: string): string {
  return hash('sha256', Buffer.from(spki, 'base64'), 'base64url');
}

/** Is it that certificate which was revoked? */
export function isRevokedBy(revoked: RevokedCertificate, certificate: ClientCertificate): boolean {
  if ('tbsSha256' in revoked) return revoked.tbsSha256 === certificate.tbsSha256;
  const { issuerSpki, serialNumber } = revoked;
  return serialNumber === certificate.serialNumber && certificate.isSignedBy(issuerSpki);
}
