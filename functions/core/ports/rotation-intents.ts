/** What an operator asked of the next rotation; Secrets Manager's event has no room for it. */
export interface RotationIntent {
  /** Lets the published next key sign although its lead is not over. */
  readonly mode: 'waive-lead';
  /** Who asked: an ARN, or what the caller gave. For the audit log. */
  readonly by: string;
  readonly at: number;
}

/** Keeps at most one intent. Written by rotation alone. */
export interface RotationIntents {
  read(): Promise<RotationIntent | undefined>;
  write(intent: RotationIntent): Promise<void>;
  clear(): Promise<void>;
}
