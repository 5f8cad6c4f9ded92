import type { LoggedEntry } from '../revocation/log-entry.ts';

/** Reads the revocation log. */
export interface RevocationLog {
  /**
   * Every entry from the first of these seconds on, up to the end of the hour of the last, whatever its clock said: all that
   * were written before the call began. In no order. Throws when the store cannot answer, and for an entry that this code
   * does not understand.
   */
  read(from: number, to: number): Promise<readonly LoggedEntry[]>;
}

/** Writes the revocation log. */
export interface RevocationWriter {
  /** Once answered, the entry is durable; the same one may be written again. Throws when that is not certain. */
  append(entry: LoggedEntry): Promise<void>;
}
