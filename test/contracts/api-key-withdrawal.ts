import { beforeEach, describe, expect, test } from 'vitest';
import type { ApiKey } from '../../functions/core/credentials/api-key-record.ts';
import type { ApiKeyWithdrawal } from '../../functions/core/ports/api-key-withdrawal.ts';
import type { Registry } from '../../functions/core/ports/registry.ts';
import { someApiKey } from './registry.ts';

export interface WithdrawalStore {
  readonly registry: Registry<ApiKey>;
  readonly withdrawal: ApiKeyWithdrawal;
}

const enabled: ApiKey = { ...someApiKey, status: 'enabled' };
const disabled = (now: number): ApiKey => ({ ...enabled, status: 'disabled', updatedAt: now });

/** What everybody promises who withdraws API keys. @param open a store without any key */
export function apiKeyWithdrawalContract(name: string, open: () => Promise<WithdrawalStore>): void {
  describe(`withdrawals of API keys in ${name}`, () => {
    let registry: Registry<ApiKey>;
    let withdrawal: ApiKeyWithdrawal;
    beforeEach(async () => {
      ({ registry, withdrawal } = await open());
      await registry.create(enabled);
    });

    const stored = async () => registry.read(enabled.keyId);

    test('a key is disabled, and nothing else of it changes', async () => {
      expect(await withdrawal.withdraw(enabled.keyId, 77)).toBe(true);
      expect(await stored()).toEqual({ record: disabled(77), revision: 2 });
    });

    test('once more does no harm', async () => {
      await withdrawal.withdraw(enabled.keyId, 77);
      expect(await withdrawal.withdraw(enabled.keyId, 78)).toBe(true);
      expect((await stored())?.record).toEqual(disabled(78));
    });

    test('a key of another id is left alone, and none comes into being', async () => {
      expect(await withdrawal.withdraw('9KeywardDemo', 77)).toBe(false);
      expect(await registry.list()).toEqual([enabled]);
      expect(await stored()).toEqual({ record: enabled, revision: 1 });
    });

    test('a key that was removed stays so', async () => {
      await registry.remove(enabled.keyId);
      expect(await withdrawal.withdraw(enabled.keyId, 77)).toBe(false);
      expect(await registry.list()).toEqual([]);
    });

    test('an operator who has read the key before cannot write it back', async () => {
      const read = await stored();
      await withdrawal.withdraw(enabled.keyId, 77);
      expect(await registry.replace({ ...enabled, name: 'Else' }, read?.revision ?? 0)).toBe(false);
      expect((await stored())?.record.status).toBe('disabled');
      expect(await registry.replace({ ...enabled, name: 'Else' }, 2)).toBe(true);
    });

    test('of twenty operators and twenty withdrawals at once, the key is disabled in the end', async () => {
      const rename = (name: string) => async (): Promise<void> => {
        const read = await stored();
        if (read === undefined) return;
        const { record, revision } = read;
        await registry.replace({ ...record, name }, revision);
      };
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          Promise.all([rename(`n${i}`)(), withdrawal.withdraw(enabled.keyId, 77 + i)]),
        ),
      );
      expect((await stored())?.record.status).toBe('disabled');
    });
  });
}
