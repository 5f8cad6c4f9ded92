import { type Client, secretUseId } from '../core/clients/client.ts';
import {
  type AuthenticatedClient,
  type AuthenticationFailure,
  authenticateClient,
} from '../core/clients/client-authentication.ts';
import { lastUseNotes } from '../core/last-use-notes.ts';
import { looksLikeSecret } from '../core/looks-like-secret.ts';
import type { AuditLog } from '../core/ports/audit-log.ts';
import type { LastUse } from '../core/ports/last-use.ts';
import type { Lookup } from '../core/ports/lookup.ts';
import { err, type Result } from '../core/result.ts';
import type { FormRequest, Refused } from './form-endpoint.ts';

export interface ClientCallerPorts {
  readonly clients: Lookup<Client>;
  /** Of client secrets. Absent: nobody wants to know when one was last used. */
  readonly lastUse?: LastUse;
  readonly audit: AuditLog;
}

/** Who calls, where only a client may: by its secret, the last use of which is noted. */
export function clientCaller({
  clients,
  lastUse,
  audit,
}: ClientCallerPorts): (request: FormRequest) => Promise<Result<AuthenticatedClient, Refused>> {
  const noteUse = lastUse === undefined ? undefined : lastUseNotes(lastUse, audit);

  return async ({ form, now, header }) => {
    const authenticated = await authenticateClient(header('authorization'), form, clients, now);
    if (!authenticated.ok) return err(printable(authenticated.error));
    const { client, secretId } = authenticated.value;
    // Awaited: once the answer is out, the environment is frozen and a write in flight may never arrive.
    await noteUse?.(secretUseId(client.clientId, secretId), now);
    return authenticated;
  };
}

/** What a stranger claims to be goes into the log cut and cleaned, and not at all when it may be the secret. */
function printable(failure: AuthenticationFailure): Refused {
  if (failure.clientId === undefined) return failure;
  if (looksLikeSecret(failure.clientId)) return { error: failure.error };
  return { ...failure, clientId: failure.clientId.replace(/[^\x21-\x7e]/g, '?').slice(0, 64) };
}
