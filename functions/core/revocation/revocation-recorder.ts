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
  record(entry: LogEntry, expiresAt?: number): Promise<LoggedEntry>;
}

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
  const { log, clock, randomness, keepSeconds } = ports;

  return {
    async record(entry, expiresAt) {
      let failure: unknown;
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        const at = clock.now();
        const serial = Buffer.from(randomness.bytes(9)).toString('base64url');
        const latest = at + keepSeconds;
        const logged = { ...entry, at, serial, expiresAt: Math.min(expiresAt ?? latest, latest) };
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
