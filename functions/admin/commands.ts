/** Commands of the admin function, named as on the wire (RFC 7591 §2 where it has the member). */
export type AdminCommand =
  | ({ readonly command: 'clients.create' } & NewClient)
  | { readonly command: 'clients.list' }
  | { readonly command: 'clients.show'; readonly client_id: string }
  | ({ readonly command: 'clients.update'; readonly client_id: string } & ClientChange)
  | { readonly command: 'clients.disable'; readonly client_id: string }
  | { readonly command: 'clients.enable'; readonly client_id: string }
  | { readonly command: 'clients.delete'; readonly client_id: string }
  | {
      readonly command: 'clients.secrets.add';
      readonly client_id: string;
      /** Seconds until the new secret expires; absent: it does not. */
      readonly expires_in?: number;
    }
  | {
      readonly command: 'clients.secrets.roll';
      readonly client_id: string;
      /** Seconds that the secret in use goes on working; absent: a day. 0 ends it at once. */
      readonly grace?: number;
      /** Seconds until the new secret expires; absent: when the one in use would have. */
      readonly expires_in?: number;
    }
  | {
      readonly command: 'clients.secrets.revoke';
      readonly client_id: string;
      readonly secret_id: string;
    }
  | { readonly command: 'keys.list' }
  | ({ readonly command: 'api-keys.create' } & NewApiKey)
  | { readonly command: 'api-keys.list' }
  | {
      readonly command: 'api-keys.roll';
      readonly key_id: string;
      /** Seconds that the old key goes on working; absent: a day. 0 ends it at once. */
      readonly grace?: number;
      /** Seconds until the new key expires; absent: when the old one would have. */
      readonly expires_in?: number;
    }
  | {
      readonly command:
        | 'api-keys.show'
        | 'api-keys.disable'
        | 'api-keys.enable'
        | 'api-keys.delete';
      readonly key_id: string;
    }
  | ({ readonly command: 'users.create' } & NewUser)
  | { readonly command: 'users.list' }
  | {
      readonly command: 'users.set-password';
      readonly username: string;
      /** Absent: a random one is made and shown once. */
      readonly password?: string;
    }
  | {
      readonly command: 'users.disable' | 'users.enable' | 'users.delete';
      readonly username: string;
    }
  | ({ readonly command: 'certificates.add' } & NewCertificate)
  | { readonly command: 'certificates.list' }
  | { readonly command: 'certificates.revocations' }
  | { readonly command: 'certificates.remove'; readonly certificate_id: string }
  | {
      readonly command: 'certificates.issuers.add' | 'certificates.issuers.remove';
      /** Of a rule. */
      readonly certificate_id: string;
      /** PEM of the issuer. */
      readonly issuer: string;
    }
  | ({ readonly command: 'certificates.revoke' } & CertificateRevocation)
  | ({ readonly command: 'revocations.add' } & NewRevocation)
  | {
      readonly command: 'revocations.list';
      /** Notices of the log that revoke nothing, too. */
      readonly all?: boolean;
    }
  | { readonly command: 'status' };

/** A token or a grant by its id, or everything that a client or a subject holds by now. */
export interface NewRevocation {
  readonly level: 'token' | 'grant' | 'client' | 'subject';
  /** `jti`, `gid`, `client_id` or `sub`. */
  readonly id: string;
  /** Whose it is; absent: this deployment's. */
  readonly issuer?: string;
  /** `exp` of a token; needed where it is another issuer's. */
  readonly expires_at?: number;
  /** Why, for the log. */
  readonly reason?: string;
}

/** What API keys, Basic users and certificates have in common. */
export interface NewGrantee {
  /** Whom it stands for; stays the same when the credential is replaced. Absent: itself, by its kind and id. */
  readonly owner?: string;
  readonly scope?: readonly string[];
  /** The APIs that it is good for (RFC 8707); absent: the deployment's default. */
  readonly resources?: readonly string[];
  /** Seconds until it expires; absent: it does not. */
  readonly expires_in?: number;
  /** Addresses or CIDR ranges that it may come from; absent: any. */
  readonly addresses?: readonly string[];
  /** The usage plan that its calls are counted in. */
  readonly tier?: string;
}

export interface NewApiKey extends NewGrantee {
  readonly name: string;
  /** Value of the API Gateway API key under which the usage plan counts its calls. */
  readonly usage_plan_key?: string;
}

export interface NewUser extends NewGrantee {
  readonly username: string;
  /** Absent: a random one is made and shown once. */
  readonly password?: string;
}

/** A certificate itself, or a rule for all certificates of an issuer with one subject alternative name. */
export interface NewCertificate extends NewGrantee {
  readonly name?: string;
  /** PEM of the one certificate to pin. */
  readonly certificate?: string;
  /** PEM of the issuer of a rule. */
  readonly issuer?: string;
  /** `dns:…`, `uri:…` or `email:…` of a rule. */
  readonly san?: string;
}

/** A certificate, by itself or by its issuer and serial number. */
export interface CertificateRevocation {
  /** PEM of the certificate. */
  readonly certificate?: string;
  /** PEM of the issuer, where the certificate is not at hand. */
  readonly issuer?: string;
  /** Hex; colons between the bytes do no harm. */
  readonly serial?: string;
}

export interface NewClient extends ClientChange {
  readonly name: string;
  /** Absent: a random one. */
  readonly client_id?: string;
  /** Seconds until the first secret expires; absent: it does not. */
  readonly secret_expires_in?: number;
}

/** Members that are absent stay as they are. */
export interface ClientChange {
  readonly name?: string;
  readonly grant_types?: readonly string[];
  readonly token_endpoint_auth_methods?: readonly string[];
  readonly scope?: readonly string[];
  /** Absent at creation: the whole of `scope`. */
  readonly default_scope?: readonly string[];
  readonly resources?: readonly string[];
  readonly default_resource?: string;
  /** Seconds; `null` takes the client's own lifetime away. */
  readonly access_token_lifetime?: number | null;
  readonly access_token_signing_alg?: string;
  /** Audiences whose tokens it may introspect; an empty list takes all of them away. */
  readonly introspects?: readonly string[];
}

export type AdminErrorCode = 'invalid_request' | 'not_found' | 'conflict' | 'unavailable';

export type AdminAnswer =
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false;
      readonly error: { readonly code: AdminErrorCode; readonly message: string };
    };
