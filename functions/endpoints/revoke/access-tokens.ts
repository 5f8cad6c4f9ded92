import { clockSkewMaxSeconds } from '../../core/durations.ts';
import type { IssuerKeys } from '../../core/keys/issuer-keys.ts';
import { ok } from '../../core/result.ts';
import type { RevocationRecorder } from '../../core/revocation/revocation-recorder.ts';
import { type OwnIssuer, ownIssuerRules } from '../../core/tokens/own-issuer.ts';
import { verifyAccessToken } from '../../core/tokens/verify-access-token.ts';
import type { TokenFinder } from '../token-finder.ts';
import type { RevocableToken } from './endpoint.ts';

/**
 * Access tokens that are JWTs of ours: they end by an entry of the log, which stays for as long as the most tolerant verifier
 * may still let the token in.
 */
export function revocableAccessTokens(
  own: Omit<OwnIssuer, 'clockSkewSeconds'>,
  keys: IssuerKeys,
  recorder: RevocationRecorder,
): TokenFinder<RevocableToken> {
  const rules = ownIssuerRules({ ...own, clockSkewSeconds: clockSkewMaxSeconds }, keys, 'any');
  const issuers = new Map([[own.issuer, rules]]);

  return {
    async find(presented, now, log) {
      const verified = await verifyAccessToken(presented, issuers, now);
      if (!verified.ok) return verified;
      const { clientId, credentialId: id, marks, expiresAt } = verified.value.principal;
      return ok({
        kind: 'access_token',
        id,
        clientId,
        ...(log.isRevoked(marks) ? { problem: 'revoked' } : {}),
        async revoke() {
          await recorder.record({ kind: 'token', id }, expiresAt + clockSkewMaxSeconds);
        },
      });
    },
  };
}
