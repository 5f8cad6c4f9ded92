import type { CertificatePin } from '../core/certificate-pin.ts';
import type { CertificateIssuer, CertificateRule } from '../core/certificate-rule.ts';
import { issuerKeyOf } from '../core/revoked-certificate.ts';
import type { CertificateView, IssuerView } from './commands.ts';
import { granteeView } from './grantee-command.ts';

/** A pin as operators see it. */
export function pinView(pin: CertificatePin): CertificateView {
  const { certificateId, name, serialNumber, subject, notAfter } = pin;
  return {
    certificate_id: certificateId,
    name,
    serial: serialNumber,
    subject,
    not_after: notAfter,
    ...granteeView(pin),
  };
}

/** A rule as operators see it. */
export function ruleView(rule: CertificateRule): CertificateView {
  const { certificateId, name, issuers } = rule;
  return {
    certificate_id: certificateId,
    name,
    issuers: issuers.map(issuerView),
    ...granteeView(rule),
  };
}

/** An issuer by the hash of its key: a name would not tell two of them apart. */
export function issuerView({ spki, subject }: CertificateIssuer): IssuerView {
  return { subject, spki_sha256: issuerKeyOf(spki) };
}
