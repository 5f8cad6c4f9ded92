import type { CertificatePin } from '../../core/certificates/certificate-pin.ts';
import type { CertificateRule } from '../../core/certificates/certificate-rule.ts';
import type { ClientCertificate } from '../../core/certificates/client-certificate.ts';
import { parsedCertificates } from '../../core/certificates/parsed-certificates.ts';
import {
  contentRevocationId,
  type RevokedCertificate,
  serialRevocationId,
} from '../../core/certificates/revoked-certificate.ts';
import { type Grantee, granteePrincipal, granteeProblem } from '../../core/credentials/grantee.ts';
import type { Lookup } from '../../core/ports/lookup.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { DenyReason } from '../../core/routes/decision.ts';
import { available } from '../../core/unavailable.ts';
import type { Authentication, Authenticator } from '../scheme.ts';

export interface CertificateAuthentication {
  readonly pins: Lookup<CertificatePin>;
  readonly rules: Lookup<CertificateRule>;
  readonly revoked: Lookup<RevokedCertificate>;
  /** Of the deployment that keeps the records. */
  readonly issuer: string;
  /** The API that a certificate must be good for. */
  readonly audience: string;
}

/** A certificate with more names than this is for a server; it must not buy an attacker hundreds of reads. */
const ruleLookupsMax = 10;

/**
 * Client certificates of mutual TLS. The gateway has checked the chain, at the handshake and never its revocation; who a
 * certificate is, and whether it still is, is decided here. One that was revoked is refused, whatever maps it. Then a pin of
 * exactly this certificate wins, also where it says no; else the first of its names that has a rule of its issuer, unless
 * that issuer's certificate of this serial number was revoked.
 */
export function certificateAuthenticator(ports: CertificateAuthentication): Authenticator {
  const { pins, rules, revoked, issuer, audience } = ports;
  const parse = parsedCertificates();

  return {
    scheme: 'certificate',

    async authenticate(pem, circumstances): Promise<Authentication> {
      // The gateway's cache does not know the certificate: an answer would be replayed to whoever comes with another.
      if (circumstances.isReplayed) return rejected('binding_mismatch');
      const parsed = parse(pem);
      if (!parsed.ok) return rejected(parsed.error);
      const certificate = parsed.value;
      const unfit = certificateProblem(certificate, circumstances.now);
      if (unfit !== undefined) return rejected(unfit);
      const mapped = await available('the Clients table', () =>
        granteeOf(certificate, circumstances.isStrict),
      );
      if (!mapped.ok) return rejected(mapped.error);
      const problem = granteeProblem(mapped.value, { ...circumstances, audience });
      if (problem !== undefined) return rejected(withdrawals[problem] ?? problem);
      const principal = granteePrincipal('certificate', mapped.value, issuer, certificate.x5tS256);
      // The last second of a certificate is one in which it is good (RFC 5280 §4.1.2.5).
      const expiresAt = Math.min(certificate.notAfter + 1, principal.expiresAt ?? Infinity);
      return { kind: 'authenticated', principal: { ...principal, expiresAt } };
    },
  };

  async function granteeOf(
    certificate: ClientCertificate,
    isFresh: boolean,
  ): Promise<Result<Grantee, DenyReason>> {
    // Asked for at once, so that the revocation, which comes first, costs no time of its own.
    const [revocation, pin] = await Promise.all([
      revoked.find(contentRevocationId(certificate.tbsSha256), isFresh),
      pins.find(certificate.x5tS256, isFresh),
    ]);
    if (revocation !== undefined) return err('cert_revoked');
    if (pin !== undefined) return ok(pin);
    for (const name of certificate.subjectAltNames.slice(0, ruleLookupsMax)) {
      const rule = await rules.find(name, isFresh);
      const signer = rule?.issuers.find(({ spki }) => certificate.isSignedBy(spki));
      if (rule === undefined || signer === undefined) continue;
      const id = serialRevocationId(signer.spki, certificate.serialNumber);
      const isRevoked = (await revoked.find(id, isFresh)) !== undefined;
      return isRevoked ? err('cert_revoked') : ok(rule);
    }
    return err('cert_unmapped');
  }
}

/** A record that was switched off, or that has an end of its own, is a certificate that somebody withdrew. */
const withdrawals: Readonly<Partial<Record<DenyReason, DenyReason>>> = {
  key_disabled: 'cert_revoked',
  key_expired: 'cert_revoked',
};

/** Why a certificate is no credential, whomever it is mapped to. */
function certificateProblem(certificate: ClientCertificate, now: number): DenyReason | undefined {
  const { isAuthority, allowsClientAuth, notBefore, notAfter } = certificate;
  // A key that signs certificates does not belong into a client: whoever takes it there can be every client.
  if (isAuthority || !allowsClientAuth) return 'wrong_type';
  if (now < notBefore) return 'not_yet_valid';
  // The gateway looked at the handshake, and a connection may live longer than its certificate.
  return now > notAfter ? 'expired' : undefined;
}

function rejected(reason: DenyReason): Authentication {
  return { kind: 'rejected', reason };
}
