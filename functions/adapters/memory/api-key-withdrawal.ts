import type { ApiKey } from '../../core/credentials/api-key-record.ts';
import type { ApiKeyWithdrawal } from '../../core/ports/api-key-withdrawal.ts';
import type { Registry } from '../../core/ports/registry.ts';

/** Withdraws API keys of a registry in memory. */
export function memoryApiKeyWithdrawal(registry: Registry<ApiKey>): ApiKeyWithdrawal {
  return {
    async withdraw(keyId, now) {
      // Whoever changes the record in between has it read again.
      for (;;) {
        const found = await registry.read(keyId);
        if (found === undefined) return false;
        const disabled: ApiKey = { ...found.record, status: 'disabled', updatedAt: now };
        if (await registry.replace(disabled, found.revision)) return true;
      }
    },
  };
}
