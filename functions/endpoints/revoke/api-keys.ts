import type { ApiKeyFormat } from '../../core/credentials/api-key.ts';
import { type ApiKey, apiKeyKind, apiKeyProblem } from '../../core/credentials/api-key-record.ts';
import { findApiKey } from '../../core/credentials/find-api-key.ts';
import type { ApiKeyWithdrawal } from '../../core/ports/api-key-withdrawal.ts';
import type { Lookup } from '../../core/ports/lookup.ts';
import { recordMark } from '../../core/records/record-kind.ts';
import { ok } from '../../core/result.ts';
import type { RevocationRecorder } from '../../core/revocation/revocation-recorder.ts';
import { available, Unavailable } from '../../core/unavailable.ts';
import type { TokenFinder } from '../token-finder.ts';
import type { RevocableToken } from './endpoint.ts';

/** API keys of this deployment: they end by being switched off, which the log announces before it is done. */
export function revocableApiKeys(
  format: ApiKeyFormat,
  keys: Lookup<ApiKey>,
  withdrawal: ApiKeyWithdrawal,
  recorder: RevocationRecorder,
): TokenFinder<RevocableToken> {
  return {
    async find(presented, now) {
      const found = await findApiKey(presented, format, keys, true);
      if (!found.ok) return found;
      const key = found.value;
      const problem = apiKeyProblem(key, now);
      return ok({
        kind: 'api_key',
        id: key.keyId,
        clientId: key.owner,
        ...(problem === undefined ? {} : { problem }),
        async revoke(now) {
          await recorder.record({ kind: 'changed', id: recordMark(apiKeyKind, key.keyId) });
          const isDone = await available('the Clients table', () =>
            withdrawal.withdraw(key.keyId, now),
          );
          // Somebody has removed the key since it was read: whoever asks again finds out.
          if (!isDone) throw new Unavailable('the record of an API key');
        },
      });
    },
  };
}
