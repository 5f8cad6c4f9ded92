import type { CertificatePin } from '../core/certificates/certificate-pin.ts';
import type { CertificateIssuer, CertificateRule } from '../core/certificates/certificate-rule.ts';
import { issuerKeyOf, type RevokedCertificate } from '../core/certificates/revoked-certificate.ts';
import { granteeView } from './grantee-command.ts';
import type { CertificateView, IssuerView, RevocationView } from './views.ts';

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
function issuerView({ spki, subject }: CertificateIssuer): IssuerView {
  return { subject, spki_sha256: issuerKeyOf(spki) };
}

/** A revocation as operators see it. */
export function revocationView(revoked: RevokedCertificate): RevocationView {
  const { serialNumber, issuer, revokedAt } = revoked;
  const common = { serial: serialNumber, issuer, revoked_at: revokedAt };
  return 'tbsSha256' in revoked
    ? { ...common, subject: revoked.subject, tbs_sha256: revoked.tbsSha256 }
    : { ...common, spki_sha256: issuerKeyOf(revoked.issuerSpki) };
}
