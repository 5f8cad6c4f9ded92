import type { DenyReason, Reason } from './routes/decision.ts';

/**
 * What is written down. The members of each event are its allow-list: nothing else reaches the log, and nothing here
 * may ever hold a credential, a token, a header or a body.
 */
export type AuditEvent =
  | TokenIssued
  | TokenRevoked
  | RevocationIdle
  | TokenIntrospected
  | RequestRefused
  | AccessDecided
  | RotationEvent
  | AdminEvent
  | ConnectionClosed
  | FaultEvent;

/** Members that a request to a function brings along. */
export interface RequestFacts {
  readonly requestId: string;
  readonly sourceIp?: string | undefined;
}

export interface TokenIssued extends RequestFacts {
  readonly event: 'token_issued';
  readonly grantType: string;
  readonly clientId: string;
  readonly authenticationMethod: string;
  readonly secretId?: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly kid: string;
  readonly alg: string;
  readonly jti: string;
  readonly exp: number;
}

/** A token that a client has given back. */
export interface TokenRevoked extends RequestFacts {
  readonly event: 'token_revoked';
  readonly clientId: string;
  readonly secretId: string;
  readonly tokenKind: TokenKind;
  /** Public id of it: `jti`, key id. */
  readonly credential: string;
}

/** A revocation with nothing to do: no token, or one that lets nobody in any more. The caller is not told which. */
export interface RevocationIdle extends RequestFacts {
  readonly event: 'revocation_idle';
  readonly clientId: string;
  readonly secretId: string;
  readonly reason: DenyReason;
}

/** What somebody was told of a token. */
export interface TokenIntrospected extends RequestFacts {
  readonly event: 'token_introspected';
  /** The client that asked, be it by a secret or by an access token. */
  readonly clientId: string;
  readonly authenticationMethod: string;
  readonly isActive: boolean;
  /** Why it is not active, which the caller is not told. */
  readonly reason?: DenyReason;
  /** Of a genuine token. */
  readonly tokenKind?: TokenKind;
  readonly credential?: string;
}

/** What can be revoked and introspected. */
export type TokenKind = 'access_token' | 'api_key';

/** A caller of the token endpoint, or of one like it, was refused. */
export interface RequestRefused extends RequestFacts {
  readonly event: 'token_refused' | 'revocation_refused' | 'introspection_refused';
  /** The error code on the wire. */
  readonly error: string;
  /** The private reason. */
  readonly reason: string;
  readonly grantType?: string;
  /**
   * As claimed by the caller; cleaned of anything but printable ASCII and cut to 64 characters. Absent where it looks like
   * a secret.
   */
  readonly clientId?: string;
  /** Public id of a credential that is another client's: `jti`, key id. */
  readonly credential?: string;
}

/** One authorizer call. */
export interface AccessDecided extends RequestFacts {
  readonly event: 'access_decided';
  readonly decisionId: string;
  readonly surface: string;
  readonly route: string;
  readonly outcome: 'allow' | 'deny' | 'unavailable';
  readonly reason?: Reason | undefined;
  readonly scheme?: string | undefined;
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  /** First 16 hex digits of SHA-256 of issuer and subject. */
  readonly subjectHash?: string | undefined;
  /** Public id of the credential: `jti`, key id, user's name, thumbprint. */
  readonly credential?: string | undefined;
  /** Another credential has taken its place, and this one is used still. */
  readonly isReplaced?: boolean | undefined;
  readonly kid?: string | undefined;
  /** For whom the answer may be replayed: one policy for the API, this route, nobody. */
  readonly cache: string;
  /** How many routes the policy grants. */
  readonly grantedRoutes?: number | undefined;
  readonly latencyMs: number;
  readonly coldStart: boolean;
}

export interface RotationEvent {
  readonly event:
    | 'first_ring'
    | 'ring_republished'
    | 'rotation_created'
    | 'rotation_skipped'
    | 'rotation_published'
    | 'rotation_tested'
    | 'rotation_finished'
    | 'rotation_detached'
    | 'rotation_intent'
    | 'keys_revoked';
  readonly generation?: number;
  readonly versionId?: string;
  readonly kids?: readonly string[];
  readonly reason?: string;
}

export interface AdminEvent {
  readonly event: 'admin';
  readonly requestId: string;
  readonly command: string;
  readonly outcome: 'done' | 'refused';
  /** Of a revocation: what was revoked. */
  readonly level?: string;
  readonly subject?: string;
  /** What the operator says why; cleaned, and cut to 100 characters. Absent where it looks like a secret. */
  readonly reason?: string;
  readonly error?: string;
}

/** An open connection of a WebSocket API was ended. */
export interface ConnectionClosed {
  readonly event: 'connection_closed';
  readonly reason: 'revoked' | 'expired' | 'withdrawn';
  readonly scheme: string;
  /** Public id of the credential: `jti`, key id, user's name. */
  readonly credential: string;
  readonly connectionId: string;
}

/** Something that should not happen did. */
export interface FaultEvent {
  readonly event: 'fault';
  readonly requestId?: string;
  readonly where: string;
  /** A class of failure, or a sentence of ours; never a message of unknown content. */
  readonly fault: string;
  /** Class of what was behind it. */
  readonly cause?: string;
  /** Out of a closed set of that class. */
  readonly code?: string;
}
