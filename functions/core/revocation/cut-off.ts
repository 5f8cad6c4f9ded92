import { cutMarginSeconds } from '../durations.ts';
import type { CutLevel, Cuts, OwedCut } from '../ports/cuts.ts';
import { Unavailable } from '../unavailable.ts';
import { type RecorderPorts, stampedEntry } from './revocation-recorder.ts';

/** Ends everything that a client or a subject holds, without walking over it. */
export interface CutOff {
  /**
   * Once answered, whatever was issued up to the cut is dead for good, and whoever follows the log acts on it within a poll.
   * Throws `Unavailable` when that is not certain: then it may be repeated, and must be.
   *
   * @param id as the log spells it
   */
  cutOff(level: CutLevel, id: string): Promise<DurableCut>;
  /**
   * Writes the entries that somebody else has left owed, because they died or their store did, and answers what is owed
   * still. Throws when nobody can say what is owed.
   */
  settleOwed(): Promise<readonly OwedCut[]>;
}

export interface DurableCut {
  readonly cut: number;
  /** Epoch seconds until which the log has it. */
  readonly expiresAt: number;
}

export interface CutOffPorts extends RecorderPorts {
  readonly cuts: Cuts;
  readonly revocationPollSeconds: number;
}

const attemptsMax = 5;

/**
 * The cut is raised first, with the mark that its entry is owed, then the entry is written, then the mark goes. A crash
 * between any two of them leaves a cut that stands, and a mark by which the next one who comes along writes the entry.
 *
 * An entry must begin in the second that its cut was reckoned from, or issuers that have not read it could issue later than
 * the cut; so what took longer begins anew, with a later cut.
 */
export function cutOff(ports: CutOffPorts): CutOff {
  const { cuts, log, clock, keepSeconds, revocationPollSeconds } = ports;
  const marginSeconds = cutMarginSeconds(revocationPollSeconds);

  return {
    async cutOff(level, id) {
      let failure: unknown;
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        const now = clock.now();
        // A clock of whole seconds is up to one behind.
        const cut = now + 1 + marginSeconds;
        try {
          await cuts.raise(level, id, cut);
          if (clock.now() !== now) continue;
          const entry = stampedEntry(ports, { kind: level, id, cut }, now);
          await log.append(entry);
          await settled({ level, id, cut });
          return { cut, expiresAt: entry.expiresAt };
        } catch (cause) {
          failure = cause;
        }
      }
      throw new Unavailable('the revocation log', { cause: failure });
    },

    async settleOwed() {
      const all = await cuts.owed();
      // A store that fails once would make whoever waits for this wait for the others too.
      for (const [at, owed] of all.entries()) if (!(await paid(owed))) return all.slice(at);
      return [];
    },
  };

  /** The cut that was raised then, and none of today: whoever has come back since is not thrown out again. */
  async function paid(owed: OwedCut): Promise<boolean> {
    const { level, id, cut } = owed;
    const now = clock.now();
    const expiresAt = cut + keepSeconds;
    try {
      if (expiresAt > now) {
        await log.append(stampedEntry(ports, { kind: level, id, cut }, now, expiresAt));
      }
    } catch {
      return false;
    }
    return settled(owed);
  }

  /** A mark that stays although its entry is durable costs an entry more, and takes nothing back. */
  async function settled({ level, id, cut }: OwedCut): Promise<boolean> {
    try {
      await cuts.settle(level, id, cut);
      return true;
    } catch {
      return false;
    }
  }
}
