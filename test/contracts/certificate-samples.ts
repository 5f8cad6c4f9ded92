import {
  type CertificatePin,
  certificatePinKind,
} from '../../functions/core/certificates/certificate-pin.ts';
import {
  type CertificateRule,
  certificateRuleKind,
} from '../../functions/core/certificates/certificate-rule.ts';
import {
  type RevokedCertificate,
  revokedCertificateKind,
} from '../../functions/core/certificates/revoked-certificate.ts';
import type { Grantee } from '../../functions/core/credentials/grantee.ts';
import type { Samples } from './registry.ts';

const plain: Grantee = {
  owner: 'orders',
  scope: [],
  resources: ['https://api.example'],
  status: 'disabled',
  addresses: [],
  createdAt: 1,
  updatedAt: 2,
};

const full: Grantee = {
  ...plain,
  scope: ['orders:read'],
  status: 'enabled',
  expiresAt: 9,
  addresses: ['192.0.2.0/24'],
  tier: 'gold',
};

export const pinSamples: Samples<CertificatePin> = {
  kind: certificatePinKind,
  records: [
    { ...full, ...pin('A'.repeat(43)) },
    { ...plain, ...pin('B'.repeat(43)) },
  ],
  marked: (record, mark) => ({ ...record, name: mark }),
};

export const ruleSamples: Samples<CertificateRule> = {
  kind: certificateRuleKind,
  records: [
    { ...full, ...rule('dns:orders.example', 1) },
    { ...plain, ...rule('email:ann@example.com', 4) },
    { ...plain, ...rule('uri:spiffe://example/orders?a=b#c', 2) },
  ],
  marked: (record, mark) => ({ ...record, name: mark }),
};

export const revokedSamples: Samples<RevokedCertificate> = {
  kind: revokedCertificateKind,
  records: [
    { issuerSpki: 'AAAA', serialNumber: '0', issuer: 'CN=CA', revokedAt: 1 },
    { issuerSpki: 'AAAA', serialNumber: 'A1', issuer: '', revokedAt: 2 },
    { tbsSha256: 'A'.repeat(43), subject: 'CN=A', serialNumber: 'A1', issuer: '', revokedAt: 2 },
  ],
  marked: (record, mark) => ({ ...record, issuer: mark }),
};

function pin(certificateId: string): Omit<CertificatePin, keyof Grantee> {
  return {
    certificateId,
    name: 'Orders',
    serialNumber: 'A1',
    subject: 'CN=Orders',
    notAfter: 5,
    certificate: 'PEM',
  };
}

function rule(certificateId: string, issuers: number): Omit<CertificateRule, keyof Grantee> {
  return {
    certificateId,
    name: 'Orders',
    issuers: Array.from({ length: issuers }, (_, i) => ({ spki: `key${i}`, subject: `CN=${i}` })),
  };
}
