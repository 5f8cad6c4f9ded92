/** The two levels at which everything up to an instant is dead. */
export type CutLevel = 'client' | 'subject';

export interface OwedCut {
  readonly level: CutLevel;
  /** As the log spells it. */
  readonly id: string;
  readonly cut: number;
}

/**
 * Up to when what a client or a subject holds is dead: the state that outlives the log. Who raises a cut owes the log an
 * entry, and the cut says so until that is settled. Throws when the store cannot answer; what was asked may be done then.
 */
export interface Cuts {
  /**
   * The cut stands, or a later one did already: it only ever grows. One that was raised is owed.
   *
   * @param id as the log spells it
   */
  raise(level: CutLevel, id: string, cut: number): Promise<void>;
  /** The entry of this cut is durable. One that has grown in the meantime stays owed by whoever has raised it. */
  settle(level: CutLevel, id: string, cut: number): Promise<void>;
  /** `undefined`: nothing was ever cut here. */
  read(level: CutLevel, id: string): Promise<number | undefined>;
  /** The cuts that somebody has raised and not settled. */
  owed(): Promise<readonly OwedCut[]>;
}
