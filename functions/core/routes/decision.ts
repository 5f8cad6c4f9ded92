import type { Principal } from './principal.ts';

/** Why access was denied. A closed set: renaming one breaks dashboards and runbooks. */
export type DenyReason =
  | 'missing_credential'
  | 'malformed'
  | 'multiple_credentials'
  | 'unsupported_scheme'
  | 'unknown_issuer'
  | 'bad_signature'
  | 'unknown_kid'
  | 'alg_not_allowed'
  | 'wrong_type'
  | 'expired'
  | 'not_yet_valid'
  | 'wrong_audience'
  /** By itself, its grant, client, subject or key. */
  | 'revoked'
  | 'binding_mismatch'
  /** An API key, a Basic user: unknown, switched off, past its time, a wrong secret, too many wrong ones. */
  | 'key_unknown'
  | 'key_disabled'
  | 'key_expired'
  | 'bad_password'
  | 'locked'
  /** A client certificate that nobody pinned, or that was withdrawn. */
  | 'cert_unmapped'
  | 'cert_revoked'
  | 'ip_denied'
  | 'insufficient_scope'
  | 'insufficient_role'
  | 'step_up_required'
  | 'rate_limited'
  | 'route_not_declared';

/** Why there is no answer: neither yes nor no. */
export type UnavailableReason = 'dependency_unavailable' | 'internal';

export type Reason = DenyReason | UnavailableReason;

/** The outcome for one request on one route. */
export type Decision =
  | { readonly outcome: 'allow'; readonly principal: Principal }
  | {
      readonly outcome: 'deny';
      readonly reason: DenyReason;
      /** Who it was, where the credential itself was good and only the route refused. */
      readonly principal?: Principal;
      /** Parameters of the challenge (RFC 6750 §3, RFC 9470 §3). */
      readonly challenge?: Challenge;
    }
  | { readonly outcome: 'unavailable'; readonly reason: UnavailableReason };

export interface Challenge {
  readonly scope?: readonly string[];
  readonly acr?: string;
  readonly maxAgeSeconds?: number;
}
