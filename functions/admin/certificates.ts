import { readCertificateName } from '../core/certificates/certificate-name.ts';
import { brokenPinRule, type CertificatePin } from '../core/certificates/certificate-pin.ts';
import {
  brokenCertificateRule,
  type CertificateRule,
} from '../core/certificates/certificate-rule.ts';
import { defaultOwner } from '../core/credentials/grantee.ts';
import type { Registry } from '../core/ports/registry.ts';
import { ok, type Result } from '../core/result.ts';
import { readClientCertificate, readIssuer, readLivingIssuer } from './certificate-command.ts';
import {
  type RevocationAdministration,
  refusedAsRevoked,
  revocationCommands,
} from './certificate-revocation.ts';
import { pinView, ruleView } from './certificate-view.ts';
import { type CommandReader, required } from './command-reader.ts';
import { editRecord } from './edit-record.ts';
import { granteeMembers, granteeOf } from './grantee-command.ts';
import { type AdminError, conflict, invalid, notFound, type Verbs } from './verb.ts';
import type { CertificateView } from './views.ts';

export interface CertificateAdministration extends RevocationAdministration {
  readonly certificateRules: Registry<CertificateRule>;
  readonly defaultResource: string;
}

type Answer = Promise<Result<CertificateView, AdminError>>;

const noSuchCertificate = notFound('there is no pin and no rule of that certificate_id');
const noSuchRule = notFound('there is no rule of that certificate_id');

/** What operators do with client certificates. Nothing that they hand over is secret, and a private key is refused. */
export function certificateCommands(ports: CertificateAdministration): Verbs {
  const { certificatePins: pins, certificateRules: rules } = ports;

  return {
    'certificates.add': {
      members: ['name', 'certificate', 'issuer', 'san', ...granteeMembers],
      run: async (command, now) => {
        const isRule = command.has('issuer') || command.has('san');
        if (command.has('certificate') === isRule) {
          return invalid('give a certificate, or an issuer and a san');
        }
        return isRule ? addRule(command, now) : addPin(command, now);
      },
    },

    'certificates.list': {
      members: [],
      run: async () => {
        const [pinned, ruled] = await Promise.all([pins.list(), rules.list()]);
        return ok([...pinned.map(pinView), ...ruled.map(ruleView)]);
      },
    },

    'certificates.remove': {
      members: ['certificate_id'],
      run: async (command) => {
        const id = required(command, 'certificate_id');
        // A thumbprint has no colon, and every name has one.
        const isRemoved = await (id.includes(':') ? rules : pins).remove(id);
        return isRemoved ? ok({ certificate_id: id, deleted: true }) : noSuchCertificate;
      },
    },

    'certificates.issuers.add': {
      members: ['certificate_id', 'issuer'],
      run: async (command, now) => {
        const issuer = readLivingIssuer(command, now);
        return editRule(command, (rule) =>
          rule.issuers.some(({ spki }) => spki === issuer.spki)
            ? conflict('the rule has that issuer already')
            : ok({ ...rule, issuers: [...rule.issuers, issuer], updatedAt: now }),
        );
      },
    },

    'certificates.issuers.remove': {
      members: ['certificate_id', 'issuer'],
      run: async (command, now) => {
        const issuer = readIssuer(command);
        return editRule(command, (rule) => {
          const issuers = rule.issuers.filter(({ spki }) => spki !== issuer.spki);
          if (issuers.length === rule.issuers.length) {
            return notFound('the rule has no such issuer');
          }
          return issuers.length === 0
            ? conflict('it is the only issuer: remove the rule instead')
            : ok({ ...rule, issuers, updatedAt: now });
        });
      },
    },

    ...revocationCommands(ports),
  };

  async function addPin(command: CommandReader, now: number): Answer {
    const certificate = readClientCertificate(command, now);
    const { x5tS256, serialNumber, subject, notAfter, pem } = certificate;
    const { defaultResource } = ports;
    const pin: CertificatePin = {
      ...granteeOf(command, now, { owner: defaultOwner('certificate', x5tS256), defaultResource }),
      certificateId: x5tS256,
      name: command.text('name') ?? x5tS256,
      serialNumber,
      subject,
      notAfter,
      certificate: pem,
    };
    const broken = brokenPinRule(pin);
    if (broken !== undefined) return invalid(broken);
    const refused = await refusedAsRevoked(ports, certificate, now);
    if (refused !== undefined) return refused;
    const isNew = await pins.create(pin);
    // Asked again: a revocation by serial number that was written meanwhile may have looked for pins before there was one.
    // Both write before they look, so that at least one of the two sees the other.
    const revoked = await refusedAsRevoked(ports, certificate, now);
    if (revoked !== undefined) return revoked;
    return isNew ? ok(pinView(pin)) : conflict('that certificate is pinned already');
  }

  async function addRule(command: CommandReader, now: number): Answer {
    const issuer = readLivingIssuer(command, now);
    const san = required(command, 'san');
    const certificateId = readCertificateName(san) ?? san;
    const { defaultResource } = ports;
    const rule: CertificateRule = {
      ...granteeOf(command, now, {
        owner: defaultOwner('certificate', certificateId),
        defaultResource,
      }),
      certificateId,
      name: command.text('name') ?? certificateId.slice(0, 100),
      issuers: [issuer],
    };
    const broken = brokenCertificateRule(rule);
    if (broken !== undefined) return invalid(broken);
    const isNew = await rules.create(rule);
    return isNew
      ? ok(ruleView(rule))
      : conflict('there is a rule for that san: certificates.issuers.add lets a second issuer in');
  }

  async function editRule(
    command: CommandReader,
    change: (rule: CertificateRule) => Result<CertificateRule, AdminError>,
  ): Answer {
    const edited = await editRecord(rules, required(command, 'certificate_id'), change, {
      brokenRule: brokenCertificateRule,
      missing: noSuchRule,
    });
    return edited.ok ? ok(ruleView(edited.value)) : edited;
  }
}
