import type { TokenMarks } from '../revocation/token-marks.ts';
import type { Scheme } from '../routes/credential.ts';
import type { Principal } from '../routes/principal.ts';

/** A connection of a WebSocket API, and what it was let in with: public facts, by which it can be told later that it must end. */
export interface Connection {
  readonly connectionId: string;
  /** Epoch seconds at which it was let in. */
  readonly connectedAt: number;
  readonly scheme: Scheme;
  readonly credentialId: string;
  /** Epoch seconds at which the credential ends, as it was known then. */
  readonly expiresAt?: number | undefined;
  /** Of a token. */
  readonly marks?: TokenMarks | undefined;
  /** Of a user: when the password was set that was presented. */
  readonly secretSetAt?: number | undefined;
}

export function connectionOf(connectionId: string, principal: Principal, now: number): Connection {
  const { scheme, credentialId, expiresAt, marks, secretSetAt } = principal;
  return {
    ...{ connectionId, connectedAt: now, scheme, credentialId, expiresAt, secretSetAt },
    // Some issuers count in fractions: rounded down, no cut is missed.
    marks: marks && { ...marks, issuedAt: Math.floor(marks.issuedAt) },
  };
}
