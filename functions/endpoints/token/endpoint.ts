import { drawnIds } from '../../core/drawn-ids.ts';
import { refusal } from '../../core/errors.ts';
import type { Randomness } from '../../core/ports/randomness.ts';
import { RingUnavailable, type SigningKeys } from '../../core/ports/signing-keys.ts';
import { err, ok } from '../../core/result.ts';
import type { Revocations } from '../../core/revocation/revocation-view.ts';
import { subjectMark } from '../../core/revocation/token-marks.ts';
import {
  accessTokenClaims,
  type Lifetimes,
  tokenIdCharacters,
} from '../../core/tokens/access-token.ts';
import { signAccessToken } from '../../core/tokens/access-token-signer.ts';
import type { Grant } from '../../core/tokens/grant-type.ts';
import { available } from '../../core/unavailable.ts';
import type { Endpoint } from '../../gateway/message.ts';
import { oauthResponse } from '../../gateway/oauth-response.ts';
import { type ClientCallerPorts, clientCaller } from '../client-caller.ts';
import { type FormEndpointPorts, formEndpoint } from '../form-endpoint.ts';

export interface TokenEndpoint extends FormEndpointPorts, ClientCallerPorts {
  readonly lifetimes: Lifetimes;
  readonly keys: SigningKeys;
  readonly grants: readonly Grant[];
  readonly randomness: Randomness;
}

/** The token endpoint (RFC 6749 §3.2, OAuth 2.1 §3.2). Errors are those of RFC 6749 §5.2 and RFC 8707 §2. */
export function tokenEndpoint(ports: TokenEndpoint): Endpoint {
  const grants = new Map(ports.grants.map((grant) => [grant.grantType, grant]));
  const nextTokenId = drawnIds(ports.randomness, tokenIdCharacters);

  return formEndpoint(ports, {
    name: 'token',
    refusedAs: 'token_refused',
    requires: ['grant_type', 'grant_type_missing'],
    authenticate: clientCaller(ports),

    async serve({ form, required, now, log, facts }, { client, method, secretId }) {
      const { clientId } = client;
      const grant = grants.get(required);
      if (grant === undefined) return err({ error: refusal('grant_unknown'), clientId });
      const { grantType } = grant;
      if (!client.grantTypes.includes(grantType)) {
        return err({ error: refusal('grant_not_registered'), clientId, grantType });
      }
      // The ring comes before the grant decides: what a grant consumes must not be lost to a missing key.
      const ring = await available('the key ring', () => ports.keys.current(log.ringGeneration));
      const decision = await grant.decide(form, client, now);
      if (!decision.ok) return err({ error: decision.error, clientId, grantType });
      const wait = waitSeconds(now, log, clientId, decision.value.subject);
      if (wait > 0) {
        const error = refusal('just_revoked');
        return err({ error, clientId, grantType, retryAfterSeconds: wait });
      }
      const jti = nextTokenId();
      const claims = accessTokenClaims(
        ports.issuer,
        client,
        decision.value,
        ports.lifetimes,
        now,
        jti,
      );
      const signed = signAccessToken(ring, client.signingAlgorithm, claims);
      if (log.isKeyRevoked(signed.kid)) throw new RingUnavailable('the key that signs was revoked');
      ports.audit.write({
        event: 'token_issued',
        ...facts,
        grantType,
        clientId,
        authenticationMethod: method,
        secretId,
        scope: decision.value.scope,
        audience: decision.value.audience,
        kid: signed.kid,
        alg: client.signingAlgorithm,
        jti,
        exp: claims.exp,
      });
      const answer = {
        access_token: signed.token,
        token_type: 'Bearer',
        expires_in: claims.exp - claims.iat,
        scope: claims.scope,
      };
      return ok(oauthResponse(JSON.stringify(answer)));
    },
  });
}

/**
 * For how many seconds nothing may be issued: until the cuts of the client and the subject are past. They lie some seconds
 * ahead, for issuers that have not seen them; a token of a later time would survive a cut that this issuer has not seen.
 */
function waitSeconds(now: number, log: Revocations, clientId: string, subject: string): number {
  const cut = Math.max(
    log.cutOf('client', clientId),
    log.cutOf('subject', subjectMark('', subject)),
  );
  return Math.max(0, cut + 1 - now);
}
