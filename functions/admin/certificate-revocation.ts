import type { CertificatePin } from '../core/certificate-pin.ts';
import type { CertificateIssuer, CertificateRule } from '../core/certificate-rule.ts';
import { parseCertificate, readSerialNumber } from '../core/client-certificate.ts';
import type { Registry } from '../core/ports/registry.ts';
import { ok, type Result } from '../core/result.ts';
import { issuerKeyOf, type RevokedCertificate } from '../core/revoked-certificate.ts';
import { readCertificate, readIssuer } from './certificate-command.ts';
import { issuerView } from './certificate-view.ts';
import { type CommandReader, InvalidCommand, required } from './command-reader.ts';
import type { RevocationView } from './commands.ts';
import { editRecord } from './edit-record.ts';
import { type AdminError, invalid, notFound, type Verbs } from './verb.ts';

export interface RevocationAdministration {
  readonly certificatePins: Registry<CertificatePin>;
  readonly certificateRules: Registry<CertificateRule>;
  readonly revokedCertificates: Registry<RevokedCertificate>;
}

/** The certificates that are meant: those of these issuers with that serial number, and the one of that thumbprint. */
interface Revocation {
  readonly serialNumber: string;
  readonly issuers: readonly CertificateIssuer[];
  readonly x5tS256?: string;
}

/**
 * Ends a certificate, whatever lets it in: no rule of its issuer maps it any more, and its pins are disabled. That is more
 * than one write; whoever is interrupted says it again.
 */
export function revocationCommands(ports: RevocationAdministration): Verbs {
  const { certificatePins: pins, certificateRules: rules, revokedCertificates: revoked } = ports;

  return {
    'certificates.revoke': {
      members: ['certificate', 'issuer', 'serial'],
      run: async (command, now) => {
        if (command.has('certificate') === command.has('serial')) {
          return invalid('give a certificate, or an issuer and a serial');
        }
        return revoke(
          command.has('certificate') ? await ofCertificate(command) : ofSerial(command),
          now,
        );
      },
    },
  };

  async function ofCertificate(command: CommandReader): Promise<Revocation> {
    const certificate = readCertificate(command, 'certificate');
    const { serialNumber, x5tS256 } = certificate;
    const candidates = command.has('issuer') ? [readIssuer(command)] : await ruleIssuers();
    const issuers = candidates.filter(({ spki }) => certificate.isSignedBy(spki));
    if (command.has('issuer') && issuers.length === 0) {
      throw new InvalidCommand('that issuer did not sign the certificate');
    }
    return { serialNumber, issuers, x5tS256 };
  }

  async function ruleIssuers(): Promise<readonly CertificateIssuer[]> {
    const issuers = (await rules.list()).flatMap((rule) => rule.issuers);
    return [...new Map(issuers.map((issuer) => [issuer.spki, issuer])).values()];
  }

  async function revoke(
    revocation: Revocation,
    now: number,
  ): Promise<Result<RevocationView, AdminError>> {
    const { serialNumber, issuers } = revocation;
    for (const { spki, subject } of issuers) {
      // One that was revoked before keeps its record, which says since when.
      await revoked.create({
        issuerKey: issuerKeyOf(spki),
        serialNumber,
        issuer: subject,
        revokedAt: now,
      });
    }
    const disabled: string[] = [];
    for (const { certificateId } of (await pins.list()).filter((pin) => isMeant(pin, revocation))) {
      const outcome = await editRecord(pins, certificateId, disabledPin(now), {
        brokenRule: () => undefined,
        missing: notFound('the pin is gone'),
      });
      if (outcome.ok) disabled.push(certificateId);
      else if (outcome.error.code !== 'not_found') return outcome;
    }
    if (issuers.length === 0 && disabled.length === 0) {
      return notFound('no pin and no rule lets that certificate in: name its issuer');
    }
    return ok({
      serial: serialNumber,
      issuers: issuers.map(issuerView),
      certificate_ids: disabled,
    });
  }
}

function ofSerial(command: CommandReader): Revocation {
  const issuer = readIssuer(command);
  const serialNumber = readSerialNumber(required(command, 'serial'));
  if (serialNumber === undefined) throw new InvalidCommand('serial must be a number in hex');
  return { serialNumber, issuers: [issuer] };
}

/** A serial number alone would hit the pins of other issuers, so the pinned certificate is asked who signed it. */
function isMeant(pin: CertificatePin, { serialNumber, issuers, x5tS256 }: Revocation): boolean {
  if (pin.certificateId === x5tS256) return true;
  if (pin.serialNumber !== serialNumber) return false;
  const parsed = parseCertificate(pin.certificate);
  return parsed.ok && issuers.some(({ spki }) => parsed.value.isSignedBy(spki));
}

function disabledPin(now: number): (pin: CertificatePin) => Result<CertificatePin, AdminError> {
  return (pin) => ok({ ...pin, status: 'disabled', updatedAt: now });
}
