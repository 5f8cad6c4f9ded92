import { hash } from 'node:crypto';
import type { RecordKind } from './record-kind.ts';
import { RecordReader } from './record-reader.ts';

/** A certificate that no rule maps any more. A serial number is unique within one issuer, and a key is what an issuer is. */
export interface RevokedCertificate {
  /** base64url of SHA-256 of the issuer's SubjectPublicKeyInfo. */
  readonly issuerKey: string;
  /** Upper-case hex without leading zeros. */
  readonly serialNumber: string;
  /** The issuer's subject, for people. */
  readonly issuer: string;
  readonly revokedAt: number;
}

/** Revoked certificates in the Clients table. */
export const revokedCertificateKind: RecordKind<RevokedCertificate> = {
  name: 'revoked certificate',
  prefix: 'CX#',
  schema: 1,
  idOf: ({ issuerKey, serialNumber }) => `${issuerKey}#${serialNumber}`,
  parse(item) {
    const record = new RecordReader('revoked certificate', item);
    return {
      issuerKey: record.text('issuerKey'),
      serialNumber: record.text('serialNumber'),
      issuer: record.text('issuer'),
      revokedAt: record.integer('revokedAt'),
    };
  },
};

/** The id under which the revocation of a certificate would be found. @param issuerSpki base64 of DER */
export function revocationId(issuerSpki: string, serialNumber: string): string {
  return `${issuerKeyOf(issuerSpki)}#${serialNumber}`;
}

/** What an issuer is called by. @param spki base64 of the DER of its SubjectPublicKeyInfo */
export function issuerKeyOf(spki: string): string {
  return hash('sha256', Buffer.from(spki, 'base64'), 'base64url');
}
