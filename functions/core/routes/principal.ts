import type { TokenMarks } from '../revocation/token-marks.ts';
import type { Scheme } from './credential.ts';

/** Who a credential proved to be. */
export interface Principal {
  readonly scheme: Scheme;
  /** Who vouches: the issuer of a token, the deployment for its own keys, users and certificates. */
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly roles: readonly string[];
  readonly audience: readonly string[];
  /** Public id of the credential: the `jti` of a token, a key id, a user's name, a thumbprint. */
  readonly credentialId: string;
  /** Epoch seconds. A token always has one; the others may live until they are withdrawn. */
  readonly expiresAt?: number;
  readonly acr?: string;
  /** Epoch seconds at which the user authenticated. */
  readonly authTime?: number;
  readonly kid?: string;
  /** By what a token can be revoked. */
  readonly marks?: TokenMarks;
  /** When the password of a user was set: with another one it is not the same credential. */
  readonly secretSetAt?: number;
  /** The usage plan that its calls are counted in. */
  readonly tier?: string;
  /** Value of the API Gateway API key under which that plan counts this caller. */
  readonly usagePlanKey?: string;
  /** Another credential has taken its place: it works until its grace is over. */
  readonly isReplaced?: boolean;
}
