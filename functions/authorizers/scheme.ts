import type { Revocations } from '../core/revocation/revocation-view.ts';
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
  /** No record in memory counts: the route wants to know of a withdrawal at once. */
  readonly isStrict: boolean;
  /** As new as the route wants them. */
  readonly revocations: Revocations;
}

/** One way to prove who one is. Throws `Unavailable` when it cannot tell. */
export interface Authenticator {
  readonly scheme: Scheme;
  /** @param value the credential's text: what follows the scheme, or a certificate as PEM */
  authenticate(value: string, circumstances: Circumstances): Promise<Authentication>;
}
