import type { AuthRequest } from '../core/auth-request.ts';
import type { DenyReason } from '../core/decision.ts';
import type { Principal } from '../core/principal.ts';

/** What a scheme says of a request: authenticated, rejected, or not responsible because nothing of its kind is there. */
export type Authentication =
  | { readonly kind: 'authenticated'; readonly principal: Principal }
  | { readonly kind: 'rejected'; readonly reason: DenyReason }
  | { readonly kind: 'not_responsible' };

/** One way to prove who one is. Throws `Unavailable` when it cannot tell. */
export interface Authenticator {
  readonly scheme: Principal['scheme'];
  authenticate(request: AuthRequest, now: number): Promise<Authentication>;
}
