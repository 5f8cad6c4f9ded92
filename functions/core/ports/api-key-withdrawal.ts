/** Takes API keys out of use, for those who hold them. */
export interface ApiKeyWithdrawal {
  /**
   * Disables the key, in one conditional write that leaves the rest of the record as it is, and a record of another revision.
   * To do so again changes nothing that counts. Throws when the store cannot answer; it may have been done then.
   *
   * @param keyId of a key whose secret and owner were read: no id ever gets others
   * @returns false when it is gone, or of another schema; nothing is written then
   */
  withdraw(keyId: string, now: number): Promise<boolean>;
}
