import { describe, expect, test } from 'vitest';
import type { DenyReason } from '../../functions/core/routes/decision.ts';
import { authorizerContext } from '../../functions/gateway/authorizer-context.ts';

/** What a gateway may show of a refusal. */
function shown(reason: DenyReason) {
  const {
    v: _v,
    dec: _dec,
    ...told
  } = authorizerContext({
    decision: { outcome: 'deny', reason },
    cache: 'none',
    decisionId: 'd',
  });
  return told;
}

describe('what a refusal tells the caller', () => {
  test.each([
    'key_unknown',
    'key_disabled',
    'key_expired',
    'bad_password',
    'locked',
    'cert_unmapped',
    'cert_revoked',
  ] as const)(
    'of %s is one text for all keys, users and certificates, and names no token',
    (reason) => {
      expect(shown(reason)).toEqual({
        error: 'access_denied',
        error_description: 'the credential is not accepted',
        scope: '',
      });
    },
  );

  test.each([
    'unknown_issuer',
    'bad_signature',
    'unknown_kid',
    'alg_not_allowed',
    'wrong_type',
    'expired',
    'not_yet_valid',
    'wrong_audience',
    'binding_mismatch',
  ] as const)('of %s is invalid_token, and not what is wrong with it (RFC 6750 §3.1)', (reason) => {
    expect(shown(reason)).toEqual({
      error: 'invalid_token',
      error_description: 'the credential is not accepted',
      scope: '',
    });
  });
});
