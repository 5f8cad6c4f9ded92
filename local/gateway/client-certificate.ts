import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';

/** A client's certificate as events show it, in the members that REST and HTTP APIs share. */
export interface ClientCertificate {
  readonly clientCertPem: string;
  readonly subjectDN: string;
  readonly issuerDN: string;
  /** Hexadecimal, byte by byte: `a1:0f` */
  readonly serialNumber: string;
  /** `May 28 12:30:02 2019 GMT` */
  readonly validity: { readonly notBefore: string; readonly notAfter: string };
}

/** What is known of a connection that is encrypted; `undefined` for any other. */
export function tlsFacts(
  socket: unknown,
): { readonly clientCertificate: ClientCertificate | undefined } | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  // Only a certificate that the truststore vouches for is a fact; listeners refuse all others during the handshake.
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return {
    clientCertificate: certificate === undefined ? undefined : clientCertificate(certificate),
  };
}

function clientCertificate(certificate: X509Certificate): ClientCertificate {
  const { subject, issuer, serialNumber, validFrom, validTo } = certificate;
  return {
    clientCertPem: certificate.toString(),
    subjectDN: distinguishedName(subject),
    issuerDN: distinguishedName(issuer),
    serialNumber: (serialNumber.toLowerCase().match(/../g) ?? []).join(':'),
    validity: { notBefore: validFrom, notAfter: validTo },
  };
}

/** Node writes an attribute per line, and nothing at all for a name without attributes. */
function distinguishedName(lines: string | undefined): string {
  return (lines ?? '').split('\n').join(',');
}
