import { apiKeyKind } from '../../core/credentials/api-key-record.ts';
import type { ApiKeyWithdrawal } from '../../core/ports/api-key-withdrawal.ts';
import { recordKey } from '../../core/records/record-kind.ts';
import type { DynamoWriter } from './writer.ts';

/**
 * Withdraws API keys in the Clients table, beside the registry of operators: the revision grows, so that no change that was
 * made from an older record is written over this one. `writeId` stays: it names the last write of a whole record, and whoever
 * looks for that after a lost answer must find it.
 *
 * The role of who withdraws may name the attributes that are named here and no other, so neither the secret nor the owner of
 * a key can be a condition: to be compared is to be named, and what may be named may be written.
 */
export function dynamoApiKeyWithdrawal(writer: DynamoWriter, table: string): ApiKeyWithdrawal {
  return {
    async withdraw(keyId, now) {
      const { ok } = await writer.updateItem(table, {
        key: { pk: recordKey(apiKeyKind, keyId) },
        update: 'SET #status = :disabled, updatedAt = :now, revision = revision + :one',
        condition: 'v = :v',
        names: { '#status': 'status' },
        values: { ':disabled': 'disabled', ':now': now, ':one': 1, ':v': apiKeyKind.schema },
      });
      return ok;
    },
  };
}
