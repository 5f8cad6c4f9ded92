/** Labels of one secret: version id → staging labels. */
export type VersionLabels = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The versions of the ring secret, as rotation sees them. Texts are the secret's value; parsing is the caller's.
 * Every method throws when the service cannot answer.
 */
export interface RingVersions {
  describe(): Promise<VersionLabels>;
  /** The value of a version that carries the label; `undefined` when it has no value yet or does not carry the label. */
  get(versionId: string, label: 'AWSCURRENT' | 'AWSPENDING'): Promise<string | undefined>;
  /** Stores a value under a new or empty version and moves AWSPENDING there. Another value under one id is an error. */
  putPending(versionId: string, value: string, rotationToken?: string): Promise<void>;
  /** Moves AWSCURRENT to `to` if `from` has it now; a no-op when `to` has it already. */
  makeCurrent(to: string, from: string): Promise<void>;
  /** Takes AWSPENDING away from a version. */
  detachPending(versionId: string): Promise<void>;
}
