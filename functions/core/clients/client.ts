import { type Ending, endOfCredential } from '../credentials/credential-end.ts';
import type { Algorithm } from '../tokens/algorithm.ts';

/** Client authentication methods of the token endpoint (RFC 7591 §2, OAuth 2.1 §2.4). */
export type ClientAuthenticationMethod = 'client_secret_basic' | 'client_secret_post';

export const clientAuthenticationMethods: readonly ClientAuthenticationMethod[] = [
  'client_secret_basic',
  'client_secret_post',
];

/** An OAuth client (RFC 6749 §2) as the Clients table keeps it: nothing in it is secret. */
export interface Client {
  readonly clientId: string;
  readonly name: string;
  readonly status: 'enabled' | 'disabled';
  /** The methods that this client may use; a set, so that a client can migrate from one to another. */
  readonly authenticationMethods: readonly ClientAuthenticationMethod[];
  readonly grantTypes: readonly string[];
  /** Everything that may be granted to this client. */
  readonly scope: readonly string[];
  /** What a request without `scope` gets: a subset of `scope`. */
  readonly defaultScope: readonly string[];
  /** Resource indicators that this client may ask for (RFC 8707 §2). */
  readonly resources: readonly string[];
  /** The audience of a request without `resource`: one of `resources`. */
  readonly defaultResource: string;
  /** Overrides the deployment's lifetime of access tokens; never above the hard maximum. */
  readonly accessTokenLifetimeSeconds?: number;
  readonly signingAlgorithm: Algorithm;
  /** Audiences whose tokens it may introspect, as the resource server that they are meant for. Absent: of none. */
  readonly introspects?: readonly string[];
  /** At most two, so that a secret can be replaced without an outage. */
  readonly secrets: readonly ClientSecret[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A client secret at rest. The secret itself has 256 random bits, so a plain SHA-256 gives nothing away. */
export interface ClientSecret extends Ending {
  /** Public name of this secret, for operators and logs. */
  readonly id: string;
  /** base64url of SHA-256 of the secret. */
  readonly hash: string;
  /** The last four characters, so that a person can tell two secrets apart. */
  readonly hint: string;
  readonly createdAt: number;
}

/** How many secrets a client may have at one time. */
export const clientSecretsMax = 2;

/** Whether a secret is refused because it has expired or because its grace is over. */
export function isSecretExpired(secret: ClientSecret, now: number): boolean {
  const end = endOfCredential(secret);
  return end !== undefined && end <= now;
}

/** The secrets that work, the oldest first. */
export function livingSecrets({ secrets }: Client, now: number): readonly ClientSecret[] {
  return secrets
    .filter((secret) => !isSecretExpired(secret, now))
    .sort((a, b) => a.createdAt - b.createdAt);
}

/** What the last use of a secret is kept under: no other kind of credential has `#` in its id. */
export function secretUseId(clientId: string, secretId: string): string {
  return `secret#${clientId}#${secretId}`;
}

/** Generated and imported ids alike: nothing else is ever looked up. */
export function isClientId(value: string): boolean {
  return /^[A-Za-z0-9_.~-]{1,128}$/.test(value);
}
