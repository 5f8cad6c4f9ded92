import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { Admin } from '../../functions/admin/admin.ts';
import { certificatePinKind } from '../../functions/core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../../functions/core/certificates/certificate-rule.ts';
import { revokedCertificateKind } from '../../functions/core/certificates/revoked-certificate.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { basicUserKind } from '../../functions/core/credentials/basic-user-record.ts';

/** What operators work on: empty stores in memory, nothing published, and whatever a test puts in their place. */
export function adminPorts(given: Partial<Admin> = {}): Admin {
  return {
    clients: memoryRegistry(clientKind),
    apiKeys: memoryRegistry(apiKeyKind),
    users: memoryRegistry(basicUserKind),
    certificatePins: memoryRegistry(certificatePinKind),
    certificateRules: memoryRegistry(certificateRuleKind),
    revokedCertificates: memoryRegistry(revokedCertificateKind),
    keys: { read: async () => undefined },
    randomness: systemRandomness,
    clock: { now: () => 1_000 },
    audit: { write: () => undefined },
    limits: { grantTypes: ['client_credentials'], accessTokenLifetimeMaxSeconds: 3_600 },
    defaultResource: 'https://api.example',
    apiKeyFormat: { prefix: 'kw', environment: 'live' },
    publicationLeadSeconds: 86_400,
    publishedKeysMax: 10,
    ...given,
  };
}
