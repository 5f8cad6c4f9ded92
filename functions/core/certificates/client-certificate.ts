import { createPublicKey, hash, type KeyObject, X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '../result.ts';
import { type CertificateExtensions, certificateExtensions } from './certificate-extensions.ts';
import { tbsCertificate } from './tbs-certificate.ts';

/** One X.509 certificate (RFC 5280): of a client, or of an authority that issues them. */
export interface ClientCertificate extends CertificateExtensions {
  readonly pem: string;
  /** base64url of SHA-256 of the DER: the identity of a certificate (RFC 8705 §3.1). */
  readonly x5tS256: string;
  /**
   * base64url of SHA-256 of the DER of its TBSCertificate: the same however its signature is spelt. Who holds a certificate
   * can spell an ECDSA signature in a second way, and nothing of what is signed.
   */
  readonly tbsSha256: string;
  /** Upper-case hex without leading zeros. Unique within one issuer only. */
  readonly serialNumber: string;
  /** For people, on one line. Never a key: a second authority can issue the same. */
  readonly subject: string;
  /** The name of its issuer, for people too. */
  readonly issuer: string;
  /** Epoch seconds of the first and of the last second of its validity (RFC 5280 §4.1.2.5). */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Its public key, base64 of the DER of its SubjectPublicKeyInfo. */
  readonly spki: string;
  /**
   * Was it signed with that key? Nothing else tells who issued it. Throws when that is no key.
   *
   * @param issuerSpki base64 of DER
   */
  isSignedBy(issuerSpki: string): boolean;
}

/** Several times what the largest key and a dozen names need. */
const pemCharactersMax = 16_384;
const begin = '-----BEGIN CERTIFICATE-----';
const end = '-----END CERTIFICATE-----';

/**
 * Reads a text that is exactly one certificate in PEM (RFC 7468 §5.1) and nothing else: no second certificate, no private
 * key, no explanatory text. The trust in it is the gateway's business; what is read here is what it says.
 */
export function parseCertificate(pem: string): Result<ClientCertificate, 'malformed'> {
  const der = derIn(pem);
  const certificate = der && certificateIn(der);
  const spki = certificate && spkiOf(certificate);
  const tbs = der && tbsCertificate(der);
  const extensions = tbs && certificateExtensions(tbs);
  if (!certificate || !spki || !tbs || !extensions) return err('malformed');
  const serialNumber = readSerialNumber(certificate.serialNumber);
  const notBefore = Math.floor(certificate.validFromDate.getTime() / 1000);
  const notAfter = Math.floor(certificate.validToDate.getTime() / 1000);
  const areTimes = Number.isSafeInteger(notBefore) && Number.isSafeInteger(notAfter);
  if (serialNumber === undefined || !areTimes) return err('malformed');
  const verdicts = new Map<string, boolean>();
  return ok({
    ...extensions,
    pem,
    x5tS256: hash('sha256', certificate.raw, 'base64url'),
    tbsSha256: hash('sha256', tbs.encoded, 'base64url'),
    serialNumber,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    notBefore,
    notAfter,
    spki,
    isSignedBy(issuerSpki) {
      const known = verdicts.get(issuerSpki);
      if (known !== undefined) return known;
      const verdict = certificate.verify(publicKey(issuerSpki));
      verdicts.set(issuerSpki, verdict);
      return verdict;
    },
  });
}

/** Hex as tools print it, with colons or `0x`, in the one spelling that is stored; `undefined` for anything else. */
export function readSerialNumber(text: string): string | undefined {
  const digits = text.replace(/^0[xX]/, '').replaceAll(':', '');
  if (!/^[0-9A-Fa-f]{1,64}$/.test(digits)) return undefined;
  return digits.toUpperCase().replace(/^0+(?=.)/, '');
}

function derIn(pem: string): Buffer | undefined {
  if (pem.length > pemCharactersMax) return undefined;
  const text = pem.trim();
  if (!text.startsWith(begin) || !text.endsWith(end)) return undefined;
  const base64 = text.slice(begin.length, -end.length).replace(/\s+/g, '');
  const der = Buffer.from(base64, 'base64');
  return der.toString('base64') === base64 ? der : undefined;
}

function certificateIn(der: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    // Node looks for PEM anywhere in the bytes before it takes them for DER, and forgives what follows. Only a certificate
    // that comes back as the bytes that went in is the one whose extensions are read beside it.
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** A key of a kind that this runtime does not know is no key of ours. */
function spkiOf(certificate: X509Certificate): string | undefined {
  try {
    return certificate.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    return undefined;
  }
}

function publicKey(spki: string): KeyObject {
  return createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
}

function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ').replace(/\p{C}/gu, '?').slice(0, 256);
}
