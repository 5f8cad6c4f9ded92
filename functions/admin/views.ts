import type { NewRevocation } from './commands.ts';

/** What was revoked now, whether or not it was before. */
export interface RevokedTokensView {
  readonly level: NewRevocation['level'];
  readonly id: string;
  readonly issuer: string;
  /** Of a subject, as decisions in the log name it. */
  readonly subject_hash?: string;
  /** Everything issued up to this instant is dead. */
  readonly cut?: number;
  /** Until when it is remembered: tokens that live longer could be used again. */
  readonly kept_until: number;
  /** How often verifiers look. What API Gateway replays comes on top, API by API. */
  readonly poll_seconds: number;
  /** What the operator should know. */
  readonly note?: string;
}

export interface RevocationsView {
  /** The newest first. */
  readonly revocations: readonly LogEntryView[];
  /** How many older ones there are; absent: none. */
  readonly left_out?: number;
  /** Cuts that somebody began and whose entry could not be written yet. */
  readonly owed: readonly {
    readonly level: 'client' | 'subject';
    readonly id: string;
    readonly cut: number;
  }[];
  readonly poll_seconds: number;
}

export interface StatusView {
  readonly issuer: string;
  readonly active_keys: readonly {
    readonly kid: string;
    readonly alg: string;
    readonly published_at: number;
    readonly age_seconds: number;
    /** It was revoked, and no rotation has taken it out yet: `keys revoke` has to be repeated. */
    readonly revoked_at?: number;
  }[];
  /** How many things are revoked now. */
  readonly revocations: number;
  /** How many cuts could not be written yet. */
  readonly revocations_owed: number;
  readonly poll_seconds: number;
  /** Who follows the log, as far as was told within the last hour; who has not looked for the longest time first. */
  readonly environments: readonly {
    readonly function: string;
    readonly environment: string;
    readonly polled_at: number;
    readonly age_seconds: number;
  }[];
}

/** What the revocation log says of one thing. */
export interface LogEntryView {
  readonly kind: 'token' | 'grant' | 'key' | 'client' | 'subject' | 'changed' | 'ring';
  /** `sha256:…` where the log knows no more. */
  readonly id: string;
  /** Of another issuer's. */
  readonly issuer?: string;
  readonly logged_at: number;
  readonly expires_at: number;
  readonly cut?: number;
}

/** A pin or a rule. */
export interface CertificateView extends GranteeView {
  /** `x5t#S256` of a pin; `dns:…`, `uri:…` or `email:…` of a rule. */
  readonly certificate_id: string;
  readonly name: string;
  /** Of a pin. */
  readonly serial?: string;
  readonly subject?: string;
  readonly not_after?: number;
  /** Of a rule. */
  readonly issuers?: readonly IssuerView[];
}

export interface IssuerView {
  readonly subject: string;
  /** base64url of SHA-256 of its public key (SubjectPublicKeyInfo). */
  readonly spki_sha256: string;
}

/** A certificate that nothing lets in any more. */
export interface RevocationView {
  readonly serial: string;
  /** Subject of its issuer. */
  readonly issuer: string;
  readonly revoked_at: number;
  /** Of one that was revoked by itself. */
  readonly subject?: string;
  /** base64url of SHA-256 of its TBSCertificate. */
  readonly tbs_sha256?: string;
  /** Of one that was revoked by its issuer and serial number: base64url of SHA-256 of the issuer's public key. */
  readonly spki_sha256?: string;
}

/** A certificate that was revoked now or before. */
export interface RevokedView extends RevocationView {
  /** The pins of it, which are disabled now. */
  readonly certificate_ids: readonly string[];
}

export interface GranteeView {
  readonly owner: string;
  readonly scope: string;
  readonly resources: readonly string[];
  readonly status: 'enabled' | 'disabled';
  readonly expires_at?: number;
  readonly addresses?: readonly string[];
  readonly tier?: string;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface ApiKeyView extends GranteeView {
  readonly key_id: string;
  /** Everything of the key before its secret. */
  readonly start: string;
  readonly name: string;
  readonly usage_plan_key?: string;
  /** Id of the key that took its place. */
  readonly replaced_by?: string;
  /** Epoch seconds from which on a replaced key is refused. */
  readonly works_until?: number;
  /** Epoch seconds of the hour of its last use; absent: it was not used for more than a year, or nobody notes it. */
  readonly last_used_at?: number;
}

/** The one time that a key is shown. */
export interface ShownApiKey {
  readonly api_key: string;
}

/** The new key, shown this once, and the one that it replaces. */
export interface RolledApiKeyView extends ApiKeyView, ShownApiKey {
  readonly replaces: ApiKeyView;
}

export interface UserView extends GranteeView {
  readonly username: string;
  /** `generated`: drawn by the deployment, so that it cannot be guessed. */
  readonly password_kind: 'generated' | 'password';
  /** Epoch seconds. */
  readonly password_set_at: number;
  /** Hashed with other parameters than today's; hashed anew when it is next set. */
  readonly is_outdated: boolean;
}

/** The one time that a password is shown which the deployment has drawn. */
export interface ShownPassword {
  readonly password?: string;
}

export interface ClientView {
  readonly client_id: string;
  readonly name: string;
  readonly status: 'enabled' | 'disabled';
  readonly grant_types: readonly string[];
  readonly token_endpoint_auth_methods: readonly string[];
  readonly scope: string;
  readonly default_scope: string;
  readonly resources: readonly string[];
  readonly default_resource: string;
  readonly access_token_lifetime?: number;
  readonly access_token_signing_alg: string;
  readonly introspects?: readonly string[];
  readonly secrets: readonly SecretView[];
  readonly created_at: number;
  readonly updated_at: number;
}

/** A client that was switched off, with what it held. */
export interface DisabledClientView extends ClientView {
  /** Its tokens that were issued up to this instant are dead. */
  readonly tokens_revoked_until: number;
}

export interface SecretView {
  readonly secret_id: string;
  /** Its last four characters. */
  readonly hint: string;
  readonly created_at: number;
  /** Epoch seconds from which on it is refused, of itself or because it was replaced; absent: never. */
  readonly expires_at?: number;
  readonly is_expired: boolean;
  /** Epoch seconds of the hour of its last use; absent: it was not used for more than a year, or nobody notes it. */
  readonly last_used_at?: number;
}

/** The client with its new secret, shown this once, and the secret that it replaces. */
export interface RolledSecretView extends ClientView, ShownSecret {
  readonly replaces: SecretView;
}

/** The one time that a secret is shown. */
export interface ShownSecret {
  readonly client_secret: string;
  readonly secret_id: string;
  /** Epoch seconds; 0: never (RFC 7591 §3.2.1). */
  readonly client_secret_expires_at: number;
}

export interface KeysView {
  readonly generation: number;
  readonly keys: readonly KeyView[];
  /** Those that were revoked lately. */
  readonly revoked: readonly RevokedKeyView[];
  /** How long a key must have been public before it signs, in seconds. */
  readonly publication_lead: number;
  readonly published_keys_max: number;
}

export interface KeyView {
  readonly kid: string;
  readonly alg: string;
  readonly state: 'next' | 'active' | 'retired';
  readonly published_at: number;
  readonly retired_at?: number;
}

export interface RevokedKeyView {
  readonly kid: string;
  readonly revoked_at: number;
  /** When a ring without it was in force and the log had named it. */
  readonly ended_at?: number;
}
