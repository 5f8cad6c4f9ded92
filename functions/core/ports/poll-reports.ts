/** Tells operators that an environment follows the revocation log. Nothing is ever decided by it. */
export interface PollReports {
  /** Throws when it could not be told. */
  report(poll: Poll): Promise<void>;
}

/** When an environment last read the log. */
export interface Poll {
  readonly functionName: string;
  /** Drawn when the environment began. */
  readonly environment: string;
  /** Epoch seconds. */
  readonly at: number;
}

/** The same for operators. Throws when the store cannot answer. */
export interface ReportedPolls {
  /** Those of the last hour: who has told nothing for longer is gone. A scan: for operators only. */
  list(now: number): Promise<readonly Poll[]>;
}
