import type { ApiKeyFormat } from '../../core/credentials/api-key.ts';
import type { ApiKey } from '../../core/credentials/api-key-record.ts';
import { endOfCredential } from '../../core/credentials/credential-end.ts';
import { findApiKey } from '../../core/credentials/find-api-key.ts';
import { granteePrincipal, granteeProblem } from '../../core/credentials/grantee.ts';
import { keptOnReturn } from '../../core/kept-on-return.ts';
import { lastUseNotes } from '../../core/last-use-notes.ts';
import type { AuditLog } from '../../core/ports/audit-log.ts';
import type { LastUse } from '../../core/ports/last-use.ts';
import type { Lookup } from '../../core/ports/lookup.ts';
import type { Principal } from '../../core/routes/principal.ts';
import type { Authenticator } from '../scheme.ts';

export interface ApiKeyAuthentication extends ApiKeyFormat {
  readonly keys: Lookup<ApiKey>;
  /** Of the deployment that keeps the keys. */
  readonly issuer: string;
  /** The protected API: what a key must be good for. */
  readonly audience: string;
  /** Absent: nobody wants to know when a key was last used. */
  readonly lastUse?: LastUse;
  readonly audit: AuditLog;
}

/** API keys. Whoever has the right secret is told what else is wrong. */
export function apiKeyAuthenticator(ports: ApiKeyAuthentication): Authenticator {
  const { keys, issuer, audience, lastUse, audit } = ports;
  // While a record is in memory its principal is the same object, and what is kept of that principal stays known.
  const principalOf = keptOnReturn((key: ApiKey) => principalIn(key, issuer));
  const noteUse = lastUse === undefined ? undefined : lastUseNotes(lastUse, audit);

  return {
    scheme: 'apikey',

    async authenticate(presented, { now, sourceIp, isReplayed, isStrict }) {
      const found = await findApiKey(presented, ports, keys, isStrict);
      if (!found.ok) return { kind: 'rejected', reason: found.error };
      const key = found.value;
      const problem = granteeProblem(ending(key), { audience, sourceIp, isReplayed, now });
      if (problem !== undefined) return { kind: 'rejected', reason: problem };
      // Awaited: once the answer is out, the environment is frozen and a write in flight may never arrive.
      await noteUse?.(key.keyId, now);
      return { kind: 'authenticated', principal: principalOf(key) };
    },
  };
}

/** A key that was replaced expires when its grace is over. */
function ending(key: ApiKey): ApiKey {
  const expiresAt = endOfCredential(key);
  return expiresAt === undefined ? key : { ...key, expiresAt };
}

function principalIn(key: ApiKey, issuer: string): Principal {
  const { keyId, usagePlanKey, replacedBy } = key;
  return {
    ...granteePrincipal('apikey', ending(key), issuer, keyId),
    ...(usagePlanKey === undefined ? {} : { usagePlanKey }),
    ...(replacedBy === undefined ? {} : { isReplaced: true }),
  };
}
