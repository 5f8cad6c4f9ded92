import { type DerElement, derElements, derTag, derWithin } from './der.ts';

/** The TBSCertificate in the DER of a certificate: all that is signed, without the signature (RFC 5280 §4.1.1.1). */
export function tbsCertificate(certificate: Buffer): DerElement | undefined {
  const [outer, ...more] = derElements(certificate) ?? [];
  const [tbs] = derWithin(outer, derTag.sequence) ?? [];
  return more.length === 0 && tbs?.tag === derTag.sequence ? tbs : undefined;
}
