import { brokenGranteeRule, type Grantee, readGrantee } from '../credentials/grantee.ts';
import { humanNameRule, isHumanName } from '../human-name.ts';
import type { RecordKind } from '../records/record-kind.ts';
import { RecordReader } from '../records/record-reader.ts';
import { readCertificateName } from './certificate-name.ts';

/**
 * Every certificate with one subject alternative name, as long as it was signed with one of these keys. It is kept under
 * the name and not under the issuer's key: an authorizer is handed the client's certificate alone, which names its issuer
 * and does not say its key, so the key is known only once the rule is there. The name finds the rule, the signature decides.
 */
export interface CertificateRule extends Grantee {
  /** `dns:host`, `uri:…` or `email:…` */
  readonly certificateId: string;
  readonly name: string;
  /** 1 to 4, so that an issuer can be replaced without an outage. */
  readonly issuers: readonly CertificateIssuer[];
}

export interface CertificateIssuer {
  /** Its public key: base64 of the DER of its SubjectPublicKeyInfo. */
  readonly spki: string;
  /** For people. */
  readonly subject: string;
}

const certificateIssuersMax = 4;

/** Rules in the Clients table. */
export const certificateRuleKind: RecordKind<CertificateRule> = {
  name: 'certificate rule',
  prefix: 'CR#',
  schema: 1,
  idOf: ({ certificateId }) => certificateId,
  parse(item) {
    const record = new RecordReader('certificate rule', item);
    return {
      ...readGrantee(record),
      certificateId: record.text('certificateId'),
      name: record.text('name'),
      issuers: record.nested('issuers').map((issuer) => ({
        spki: issuer.text('spki'),
        subject: issuer.text('subject'),
      })),
    };
  },
};

/** The first rule that a rule breaks, in words for the operator who is about to write it. */
export function brokenCertificateRule(rule: CertificateRule): string | undefined {
  const { certificateId, name, issuers } = rule;
  if (readCertificateName(certificateId) !== certificateId) {
    return 'san must be dns:HOST, uri:URI or email:ADDRESS, without wildcard, space or quote';
  }
  if (!isHumanName(name)) return humanNameRule;
  if (issuers.length < 1 || issuers.length > certificateIssuersMax) {
    return `a rule has 1 to ${certificateIssuersMax} issuers`;
  }
  return brokenGranteeRule(rule);
}
