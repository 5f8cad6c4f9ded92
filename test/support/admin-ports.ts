import { memoryCuts } from '../../functions/adapters/memory/cuts.ts';
import { memoryPollReports } from '../../functions/adapters/memory/poll-reports.ts';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { memoryRevocationLog } from '../../functions/adapters/memory/revocation-log.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { Admin } from '../../functions/admin/admin.ts';
import { certificatePinKind } from '../../functions/core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../../functions/core/certificates/certificate-rule.ts';
import { revokedCertificateKind } from '../../functions/core/certificates/revoked-certificate.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { apiKeyKind } from '../../functions/core/credentials/api-key-record.ts';
import { basicUserKind } from '../../functions/core/credentials/basic-user-record.ts';
import type { Cuts } from '../../functions/core/ports/cuts.ts';
import type { RevocationLog, RevocationWriter } from '../../functions/core/ports/revocation-log.ts';
import { cutOff } from '../../functions/core/revocation/cut-off.ts';
import { revocationRecorder } from '../../functions/core/revocation/revocation-recorder.ts';

export interface GivenPorts extends Partial<Omit<Admin, 'revocationLog'>> {
  readonly revocationLog?: RevocationLog & RevocationWriter;
}

/** What operators work on: empty stores in memory, nothing published, and whatever a test puts in their place. */
export function adminPorts(given: GivenPorts = {}): Admin {
  const clock = given.clock ?? { now: () => 1_000 };
  const log = given.revocationLog ?? memoryRevocationLog();
  const cuts: Cuts = given.cuts ?? memoryCuts();
  const keepSeconds = 3_728;
  const recorder = { log, clock, randomness: systemRandomness, keepSeconds };
  return {
    issuer: 'https://auth.example',
    cuts,
    cutOff: cutOff({ ...recorder, cuts, revocationPollSeconds: 5 }),
    revocationLog: log,
    revocationRecorder: revocationRecorder(recorder),
    reportedPolls: memoryPollReports(),
    revocationPollSeconds: 5,
    revocationKeepSeconds: keepSeconds,
    clients: memoryRegistry(clientKind),
    apiKeys: memoryRegistry(apiKeyKind),
    users: memoryRegistry(basicUserKind),
    certificatePins: memoryRegistry(certificatePinKind),
    certificateRules: memoryRegistry(certificateRuleKind),
    revokedCertificates: memoryRegistry(revokedCertificateKind),
    keys: { read: async () => undefined },
    randomness: systemRandomness,
    clock,
    audit: { write: () => undefined },
    limits: { grantTypes: ['client_credentials'], accessTokenLifetimeMaxSeconds: 3_600 },
    defaultResource: 'https://api.example',
    apiKeyFormat: { prefix: 'kw', environment: 'live' },
    publicationLeadSeconds: 86_400,
    publishedKeysMax: 10,
    ...given,
  };
}
