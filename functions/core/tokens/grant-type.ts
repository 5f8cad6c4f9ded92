import type { Client } from '../clients/client.ts';
import type { OAuthError } from '../errors.ts';
import type { Form } from '../form.ts';
import type { Result } from '../result.ts';

/** What a grant decided to put into an access token; the token endpoint signs it. */
export interface TokenDecision {
  readonly subject: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
}

/** A grant type of the token endpoint (RFC 6749 §4, §4.5). One folder each, one line in the endpoint's wiring. */
export interface Grant {
  /** As `grant_type` has it on the wire. */
  readonly grantType: string;
  /**
   * Decides, and consumes what the grant consumes. Called after the client was authenticated and was found to be
   * allowed to use this grant. Throws `Unavailable` when a store cannot answer.
   */
  decide(
    request: Form,
    client: Client,
    now: number,
  ): Result<TokenDecision, OAuthError> | Promise<Result<TokenDecision, OAuthError>>;
}
