/** Waits. */
export interface Pause {
  /** Settles after that many seconds. */
  pause(seconds: number): Promise<void>;
}
