/** Looks up records of one kind. */
export interface Lookup<T> {
  /**
   * The record of that id, or `undefined` when there is none; disabled ones are answered too.
   * Throws when the store cannot answer, when the record is broken, or when it is of a newer schema: the caller must
   * then say "unavailable", never "unknown".
   *
   * @param isFresh what is in memory does not count, nor a read that somebody else began before. @default false
   */
  find(id: string, isFresh?: boolean): Promise<T | undefined>;
}
