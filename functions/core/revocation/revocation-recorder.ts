import type { Clock } from '../ports/clock.ts';
import type { Randomness } from '../ports/randomness.ts';
import type { RevocationWriter } from '../ports/revocation-log.ts';
import { Unavailable } from '../unavailable.ts';
import type { LogEntry, LoggedEntry } from './log-entry.ts';

/** Writes entries under the time at which they are written. */
export interface RevocationRecorder {
  /**
   * Once answered, the entry is durable, and whoever follows the log acts on it within a poll. Throws `Unavailable` when
   * that is not certain; it may have been written then, and may be written again.
   *
   * @param expiresAt epoch seconds, where the entry can matter for less long than the longest token lives
   */
  record(entry: Uncut, expiresAt?: number): Promise<LoggedEntry>;
}

/** A cut is made of the time of the attempt that succeeds, and outlives the log: `cutOff` writes those. */
type Uncut = Exclude<LogEntry, { readonly cut: number }>;

export interface RecorderPorts {
  readonly log: RevocationWriter;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** No entry matters for longer. */
  readonly keepSeconds: number;
}

const attemptsMax = 3;

/** Each attempt takes its time anew: readers go back beyond their last read by no more than one attempt may last. */
export function revocationRecorder(ports: RecorderPorts): RevocationRecorder {
  const { log, clock } = ports;

  return {
    async record(entry, expiresAt) {
      let failure: unknown;
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        const logged = stampedEntry(ports, entry, clock.now(), expiresAt);
        try {
          await log.append(logged);
          return logged;
        } catch (cause) {
          failure = cause;
        }
      }
      throw new Unavailable('the revocation log', { cause: failure });
    },
  };
}

/** An entry as one attempt to write it has it. */
export function stampedEntry<T extends LogEntry>(
  { randomness, keepSeconds }: Pick<RecorderPorts, 'randomness' | 'keepSeconds'>,
  entry: T,
  at: number,
  expiresAt: number = at + keepSeconds,
): T & Pick<LoggedEntry, 'at' | 'serial' | 'expiresAt'> {
  const serial = Buffer.from(randomness.bytes(9)).toString('base64url');
  return { ...entry, at, serial, expiresAt: Math.min(expiresAt, at + keepSeconds) };
}
