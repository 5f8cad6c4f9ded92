/** Looks up records of one kind. */
export interface Lookup<T> {
  /**
   * The record of that id, or `undefined` when there is none; disabled ones are answered too.
   * Throws when the store cannot answer, when the record is broken, or when it is of a newer schema: the caller must
   * then say "unavailable", never "unknown".
   */
  find(id: string): Promise<T | undefined>;
}
