import type { CertificatePin } from '../core/certificates/certificate-pin.ts';
import {
  type ClientCertificate,
  parseCertificate,
  readSerialNumber,
} from '../core/certificates/client-certificate.ts';
import {
  isRevokedBy,
  type RevokedCertificate,
  revokedCertificateKind,
} from '../core/certificates/revoked-certificate.ts';
import type { Registry } from '../core/ports/registry.ts';
import { ok, type Result } from '../core/result.ts';
import { readCertificate, readIssuer } from './certificate-command.ts';
import { revocationView } from './certificate-view.ts';
import { type CommandReader, InvalidCommand, required } from './command-reader.ts';
import { editRecord } from './edit-record.ts';
import { type AdminError, conflict, invalid, notFound, type Refused, type Verbs } from './verb.ts';
import type { RevokedView } from './views.ts';

export interface RevocationAdministration {
  readonly certificatePins: Registry<CertificatePin>;
  readonly revokedCertificates: Registry<RevokedCertificate>;
}

/**
 * Ends a certificate, whatever lets it in now or later: its revocation is written first, and its pins are disabled. That is
 * more than one write; whoever is interrupted says it again.
 */
export function revocationCommands(ports: RevocationAdministration): Verbs {
  const { certificatePins: pins, revokedCertificates: revoked } = ports;

  return {
    'certificates.revoke': {
      members: ['certificate', 'issuer', 'serial'],
      run: async (command, now) => {
        const isBySerial = command.has('issuer') || command.has('serial');
        if (command.has('certificate') === isBySerial) {
          return invalid('give a certificate, or an issuer and a serial');
        }
        return revoke(isBySerial ? ofSerial(command, now) : ofCertificate(command, now), now);
      },
    },

    'certificates.revocations': {
      members: [],
      run: async () => {
        const all = await revoked.list();
        return ok(all.toSorted((a, b) => a.revokedAt - b.revokedAt).map(revocationView));
      },
    },
  };

  async function revoke(
    revocation: RevokedCertificate,
    now: number,
  ): Promise<Result<RevokedView, AdminError>> {
    // One that was revoked before keeps its record, which says since when.
    const isNew = await revoked.create(revocation);
    const before = isNew ? undefined : await revoked.read(revokedCertificateKind.idOf(revocation));
    const disabled: string[] = [];
    for (const { certificateId, certificate } of await pins.list()) {
      const parsed = parseCertificate(certificate);
      if (!parsed.ok || !isRevokedBy(revocation, parsed.value)) continue;
      const outcome = await disablePin(pins, certificateId, now);
      if (outcome.ok) disabled.push(certificateId);
      else if (outcome.error.code !== 'not_found') return outcome;
    }
    return ok({ ...revocationView(before?.record ?? revocation), certificate_ids: disabled });
  }
}

/**
 * Why a certificate is not pinned: it was revoked. A pin of it that is there all the same is disabled, as the revocation
 * would have done if it had seen it.
 */
export async function refusedAsRevoked(
  { certificatePins: pins, revokedCertificates: revoked }: RevocationAdministration,
  certificate: ClientCertificate,
  now: number,
): Promise<Refused | undefined> {
  const all = await revoked.list();
  if (!all.some((one) => isRevokedBy(one, certificate))) return undefined;
  const outcome = await disablePin(pins, certificate.x5tS256, now);
  if (!outcome.ok && outcome.error.code !== 'not_found') return outcome;
  return conflict('that certificate was revoked, for good: only another one can be let in');
}

function ofCertificate(command: CommandReader, now: number): RevokedCertificate {
  const { tbsSha256, serialNumber, subject, issuer } = readCertificate(command, 'certificate');
  return { tbsSha256, serialNumber, subject, issuer, revokedAt: now };
}

function ofSerial(command: CommandReader, now: number): RevokedCertificate {
  const { spki, subject } = readIssuer(command);
  const serialNumber = readSerialNumber(required(command, 'serial'));
  if (serialNumber === undefined) throw new InvalidCommand('serial must be a number in hex');
  return { issuerSpki: spki, serialNumber, issuer: subject, revokedAt: now };
}

function disablePin(
  pins: Registry<CertificatePin>,
  certificateId: string,
  now: number,
): Promise<Result<CertificatePin, AdminError>> {
  return editRecord(
    pins,
    certificateId,
    (pin) => ok({ ...pin, status: 'disabled', updatedAt: now }),
    { brokenRule: () => undefined, missing: notFound('the pin is gone') },
  );
}
