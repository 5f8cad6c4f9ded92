import type { ConnectionClosed } from '../core/audit.ts';
import type { Connection } from '../core/connections/connection.ts';
import type { ApiKey } from '../core/credentials/api-key-record.ts';
import type { BasicUser } from '../core/credentials/basic-user.ts';
import { endOfCredential } from '../core/credentials/credential-end.ts';
import type { Grantee } from '../core/credentials/grantee.ts';
import type { Lookup } from '../core/ports/lookup.ts';
import type { Revocations } from '../core/revocation/revocation-view.ts';
import { available } from '../core/unavailable.ts';

/** Its token was revoked; its credential is past its time; its record is gone, disabled, or has another secret. */
export type ClosingReason = ConnectionClosed['reason'];

export interface JudgingPorts {
  /** Throws when the log cannot be read. */
  readonly revocations: () => Promise<Revocations>;
  readonly keys: Lookup<ApiKey>;
  readonly users: Lookup<BasicUser>;
}

/** Why a connection must end, if it must. Throws `Unavailable` when that cannot be told. */
export type ConnectionJudge = (connection: Connection) => Promise<ClosingReason | undefined>;

/**
 * Judges connections by what is true now, so that nothing depends on when a change was heard of. Each record is read once,
 * however many connections it opened: a judge is for one look at them.
 */
export function connectionJudge(ports: JudgingPorts, now: number): ConnectionJudge {
  const key = oncePerId(ports.keys);
  const user = oncePerId(ports.users);

  return async ({ scheme, credentialId, expiresAt, marks, secretSetAt }) => {
    if (isPast(expiresAt, now)) return 'expired';
    switch (scheme) {
      case 'bearer':
        if (marks === undefined) throw new Error('a token without marks');
        return (await ports.revocations()).isRevoked(marks) ? 'revoked' : undefined;
      case 'apikey': {
        const record = await key(credentialId);
        return recordProblem(record, record && endOfCredential(record), now);
      }
      case 'basic': {
        const record = await user(credentialId);
        if (record !== undefined && record.passwordSetAt !== secretSetAt) return 'withdrawn';
        return recordProblem(record, record?.expiresAt, now);
      }
      case 'certificate':
        throw new Error('a WebSocket API sees no certificate');
    }
  };
}

function recordProblem(
  record: Grantee | undefined,
  end: number | undefined,
  now: number,
): ClosingReason | undefined {
  if (record?.status !== 'enabled') return 'withdrawn';
  return isPast(end, now) ? 'expired' : undefined;
}

function isPast(end: number | undefined, now: number): boolean {
  return end !== undefined && now >= end;
}

function oncePerId<T>(lookup: Lookup<T>): (id: string) => Promise<T | undefined> {
  const reads = new Map<string, Promise<T | undefined>>();
  return (id) => {
    const read = reads.get(id) ?? available('the Clients table', () => lookup.find(id, true));
    reads.set(id, read);
    return read;
  };
}
