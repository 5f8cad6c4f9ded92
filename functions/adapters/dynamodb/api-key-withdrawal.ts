import { apiKeyKind } from '../../core/credentials/api-key-record.ts';
import type { ApiKeyWithdrawal } from '../../core/ports/api-key-withdrawal.ts';
import { recordKey } from '../../core/records/record-kind.ts';
import type { DynamoWriter } from './writer.ts';

/**
 * Withdraws API keys in the Clients table, beside the registry of operators: the revision grows, so that no change that was
 * made from an older record is written over this one. `writeId` stays: it names the last write of a whole record, and whoever
 * looks for that after a lost answer must find it.
 */
export function dynamoApiKeyWithdrawal(writer: DynamoWriter, table: string): ApiKeyWithdrawal {
  return {
    async withdraw({ keyId, hash, owner }, now) {
      const { ok } = await writer.updateItem(table, {
        key: { pk: recordKey(apiKeyKind, keyId) },
        update: 'SET #status = :disabled, updatedAt = :now, revision = revision + :one',
        condition: '#hash = :hash AND #owner = :owner AND v = :v',
        names: { '#status': 'status', '#hash': 'hash', '#owner': 'owner' },
        values: {
          ...{ ':disabled': 'disabled', ':now': now, ':one': 1 },
          ...{ ':hash': hash, ':owner': owner, ':v': apiKeyKind.schema },
        },
      });
      return ok;
    },
  };
}
