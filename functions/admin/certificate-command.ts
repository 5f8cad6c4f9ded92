import type { CertificateIssuer } from '../core/certificates/certificate-rule.ts';
import {
  type ClientCertificate,
  parseCertificate,
} from '../core/certificates/client-certificate.ts';
import { type CommandReader, InvalidCommand, required } from './command-reader.ts';

/** The one certificate in a member of a command. */
export function readCertificate(
  command: CommandReader,
  member: 'certificate' | 'issuer',
): ClientCertificate {
  const parsed = parseCertificate(required(command, member));
  if (parsed.ok) return parsed.value;
  throw new InvalidCommand(`${member} must be one certificate in PEM and nothing else`);
}

/** The authority whose certificate the member `issuer` is. It may have expired: what it issued can still be revoked. */
export function readIssuer(command: CommandReader): ClientCertificate {
  const issuer = readCertificate(command, 'issuer');
  if (issuer.isAuthority) return issuer;
  throw new InvalidCommand('issuer is not the certificate of an authority (basicConstraints CA)');
}

/** An issuer that a rule may trust from now on. */
export function readLivingIssuer(command: CommandReader, now: number): CertificateIssuer {
  const { notAfter, spki, subject } = readIssuer(command);
  if (now > notAfter) throw new InvalidCommand("the issuer's certificate has expired");
  return { spki, subject };
}

/** A certificate that may become a credential: the same that an authorizer would let in, now or later. */
export function readClientCertificate(command: CommandReader, now: number): ClientCertificate {
  const certificate = readCertificate(command, 'certificate');
  const { isAuthority, allowsClientAuth, notAfter } = certificate;
  if (isAuthority) {
    throw new InvalidCommand(
      'certificate is of an authority: pin a certificate that signs no others (basicConstraints CA:FALSE)',
    );
  }
  if (!allowsClientAuth) {
    throw new InvalidCommand('certificate is not for clients: extendedKeyUsage lacks clientAuth');
  }
  if (now > notAfter) throw new InvalidCommand('certificate has expired');
  return certificate;
}
