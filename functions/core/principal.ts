/** Who a credential proved to be. */
export interface Principal {
  readonly scheme: 'bearer';
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly roles: readonly string[];
  readonly audience: readonly string[];
  /** Public id of the credential: the `jti` of a token. */
  readonly credentialId: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
  readonly acr?: string;
  /** Epoch seconds at which the user authenticated. */
  readonly authTime?: number;
  readonly kid?: string;
}
