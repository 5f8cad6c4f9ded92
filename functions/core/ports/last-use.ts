/** When credentials were last used, to the hour: for operators who tidy up, never for a decision. */
export interface LastUse {
  /** Writes at most once per credential and hour, whoever asks; an hour that is over is never noted over a later one. */
  note(credentialId: string, now: number): Promise<void>;
}

/** The same for operators. Throws when the store cannot answer. */
export interface LastUses {
  /** Epoch seconds of the hour of the last use, by id; ids that were never seen are absent. */
  read(credentialIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
