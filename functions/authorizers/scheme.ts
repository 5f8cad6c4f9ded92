import type { Scheme } from '../core/routes/credential.ts';
import type { DenyReason } from '../core/routes/decision.ts';
import type { Principal } from '../core/routes/principal.ts';

/** What a scheme says of a credential of its kind. */
export type Authentication =
  | { readonly kind: 'authenticated'; readonly principal: Principal }
  | { readonly kind: 'rejected'; readonly reason: DenyReason };

/** What of a request, beside the credential, a scheme may look at. */
export interface Circumstances {
  /** Epoch seconds. */
  readonly now: number;
  /** Address of the caller, where the surface tells it. */
  readonly sourceIp: string | undefined;
  /** API Gateway replays the answer for whoever presents the same credential: nothing but the credential may decide. */
  readonly isReplayed: boolean;
  /** What is in memory does not count: the route wants to know of a revocation at once. */
  readonly isStrict: boolean;
}

/** One way to prove who one is. Throws `Unavailable` when it cannot tell. */
export interface Authenticator {
  readonly scheme: Scheme;
  /** @param value the credential's text: what follows the scheme, or a certificate as PEM */
  authenticate(value: string, circumstances: Circumstances): Promise<Authentication>;
}
