import { refusal } from '../../core/errors.ts';
import { leasedBuckets } from '../../core/leased-buckets.ts';
import type { TokenBuckets } from '../../core/ports/token-buckets.ts';
import { err, ok } from '../../core/result.ts';
import type { DenyReason } from '../../core/routes/decision.ts';
import type { Endpoint } from '../../gateway/message.ts';
import { oauthResponse } from '../../gateway/oauth-response.ts';
import { type ClientCallerPorts, clientCaller } from '../client-caller.ts';
import { type FormEndpointPorts, formEndpoint } from '../form-endpoint.ts';
import { findToken, type GenuineToken, type TokenFinder } from '../token-finder.ts';

/** A genuine token that can be ended. */
export interface RevocableToken extends GenuineToken {
  /** Once answered, it is durable, and every verifier acts on it within a poll. Throws `Unavailable`; may be called again. */
  revoke(now: number): Promise<void>;
}

export interface RevokeEndpoint extends FormEndpointPorts, ClientCallerPorts {
  /** One for each kind of token. */
  readonly tokens: readonly TokenFinder<RevocableToken>[];
  readonly buckets: TokenBuckets;
}

/**
 * What may be written here, because every verifier keeps it in memory for as long as a token lives: a client may not take up
 * what is for all, and all of them together stay below the 100,000 entries that a verifier is made for.
 */
const rates = {
  client: { perSecond: 5, burst: 1_000 },
  everybody: { perSecond: 25, burst: 2_500 },
} as const;

/** There is nothing to say (RFC 7009 §2.2), but a client in wide use cannot read an answer that is not JSON. */
const done = oauthResponse('{}');

/**
 * The revocation endpoint (RFC 7009). What is no token, or none that works any more, needs no revocation and is answered like
 * one that was revoked. 200 means that it is durable; whatever is less certain is 503.
 */
export function revokeEndpoint(ports: RevokeEndpoint): Endpoint {
  const take = leasedBuckets(ports);

  return formEndpoint(ports, {
    name: 'revoke',
    refusedAs: 'revocation_refused',
    requires: ['token', 'token_missing'],
    authenticate: clientCaller(ports),

    async serve({ required, now, facts }, { client: { clientId }, secretId }) {
      const who = { ...facts, clientId, secretId };
      const idle = (reason: DenyReason) => {
        ports.audit.write({ event: 'revocation_idle', ...who, reason });
        return ok(done);
      };
      // As it is now: what was revoked a moment ago need not be written again.
      const log = await ports.revocations.current(now, true);
      const found = await findToken(ports.tokens, required, now, log);
      if (!found.ok) return idle(found.error);
      const token = found.value;
      const credential = token.id;
      if (token.clientId !== clientId) {
        return err({ error: refusal('foreign_token'), clientId, credential });
      }
      if (token.problem !== undefined) return idle(token.problem);
      if (!(await mayWrite(clientId, now))) {
        return err({ error: refusal('too_many_writes'), clientId, credential });
      }
      await token.revoke(now);
      ports.audit.write({ event: 'token_revoked', ...who, tokenKind: token.kind, credential });
      return ok(done);
    },
  });

  async function mayWrite(clientId: string, now: number): Promise<boolean> {
    const bucket = (...of: readonly string[]) => JSON.stringify(['revoke', ports.issuer, ...of]);
    return (
      (await take(bucket(clientId), rates.client, now)) &&
      (await take(bucket(), rates.everybody, now))
    );
  }
}
