import { brokenGranteeRule, type Grantee, readGrantee } from '../credentials/grantee.ts';
import { humanNameRule, isHumanName } from '../human-name.ts';
import type { RecordKind } from '../records/record-kind.ts';
import { RecordReader } from '../records/record-reader.ts';

/**
 * One client certificate that is a credential. It wins over every rule that would map the certificate too, also while it
 * is disabled. It is of exactly these bytes: the holder can spell an ECDSA signature in a second way, which makes another
 * thumbprint of the same certificate. What ends a certificate in either spelling is its revocation, which wins over pins.
 */
export interface CertificatePin extends Grantee {
  /** Its `x5t#S256` (RFC 8705 §3.1). */
  readonly certificateId: string;
  readonly name: string;
  /** Nothing of the rest lets anybody in: it is for people. */
  readonly serialNumber: string;
  readonly subject: string;
  /** Epoch seconds. */
  readonly notAfter: number;
  /** The certificate itself, as PEM: tells which pins a revocation means. */
  readonly certificate: string;
}

/** Pinned certificates in the Clients table. */
export const certificatePinKind: RecordKind<CertificatePin> = {
  name: 'certificate pin',
  prefix: 'CP#',
  schema: 1,
  idOf: ({ certificateId }) => certificateId,
  parse(item) {
    const record = new RecordReader('certificate pin', item);
    return {
      ...readGrantee(record),
      certificateId: record.text('certificateId'),
      name: record.text('name'),
      serialNumber: record.text('serialNumber'),
      subject: record.text('subject'),
      notAfter: record.integer('notAfter'),
      certificate: record.text('certificate'),
    };
  },
};

/** The first rule that a pin breaks, in words for the operator who is about to write it. */
export function brokenPinRule(pin: CertificatePin): string | undefined {
  return isHumanName(pin.name) ? brokenGranteeRule(pin) : humanNameRule;
}
