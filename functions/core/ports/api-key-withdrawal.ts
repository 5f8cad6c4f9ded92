import type { ApiKey } from '../credentials/api-key-record.ts';

/** Takes API keys out of use, for those who hold them. */
export interface ApiKeyWithdrawal {
  /**
   * Disables the key, in one conditional write that leaves the rest of the record as it is, and a record of another revision.
   * To do so again changes nothing that counts. Throws when the store cannot answer; it may have been done then.
   *
   * @param key as it was read: it must still have that secret and that owner
   * @returns false when it has not, or is gone; nothing is written then
   */
  withdraw(key: Pick<ApiKey, 'keyId' | 'hash' | 'owner'>, now: number): Promise<boolean>;
}
