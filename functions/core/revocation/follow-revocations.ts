import { clockDriftSeconds, pollOverlapSeconds } from '../durations.ts';
import type { RevocationLog } from '../ports/revocation-log.ts';
import { Unavailable } from '../unavailable.ts';
import { type LoggedEntry, placeOf } from './log-entry.ts';
import { type Revocations, revocationView } from './revocation-view.ts';

/** What of the log an environment has in memory, kept up to date by the requests that need it. */
export interface RevocationFollower {
  /**
   * The log as it was at most `pollSeconds` before `now`. The request waits for the read when it is due: a function is
   * frozen after its answer, so nothing can be read behind it. While the log cannot be read, what is known is used for
   * `maxStaleSeconds`; after that throws `Unavailable`.
   *
   * @param now at which the request began: read before any state
   * @param isStrict as it is now, by a read of this request's own, or `Unavailable`. @default false
   */
  current(now: number, isStrict?: boolean): Promise<Revocations>;
  /**
   * Tells of each entry once, before anybody gets to see the log that has it. Throws once a read has begun: whoever comes
   * then would never be told of what was read.
   */
  onEntry(listener: (entry: LoggedEntry) => void): void;
}

export interface FollowOptions {
  readonly log: RevocationLog;
  readonly pollSeconds: number;
  /** 0 for who issues: an issuer that does not know the cuts must not issue. */
  readonly maxStaleSeconds: number;
  /** No entry matters for longer. */
  readonly keepSeconds: number;
  /**
   * Runs beside a read of the log, but for those that follow a failure: who tells of reads must not tell of an outage's. What
   * becomes of it is nobody's business here.
   */
  readonly beside?: (now: number) => Promise<void>;
  /** Told of each read that failed while requests went on with what was known: revocations are late. */
  readonly onStale?: (cause: unknown) => void;
}

/** After a read that failed the next one waits this long, so that an outage does not make every request slow. */
const retrySeconds = 1;
/** Walking over all entries is not for every read. */
const sweepSeconds = 60;

/**
 * Follows the log. Each read goes back beyond the one before, because an entry may appear late under the time at which its
 * writer began, by a clock that differs. The first one takes everything that can still kill a token.
 */
export function followRevocations(options: FollowOptions): RevocationFollower {
  const { log, pollSeconds, maxStaleSeconds, keepSeconds, beside, onStale } = options;
  const view = revocationView();
  const listeners: ((entry: LoggedEntry) => void)[] = [];
  /** Where the entries of the last read stand: those of them that come again are not news. */
  let seen: ReadonlySet<string> = new Set();
  /** When the last good read began. */
  let readAt: number | undefined;
  let failedAt: number | undefined;
  let failure: unknown;
  let isTold = true;
  let sweptAt = 0;
  let hasBegun = false;
  let underWay: Promise<void> | undefined;

  return {
    async current(now, isStrict = false) {
      if (isStrict) {
        // One that somebody else began may be older than the revocation.
        await read(now);
        return view;
      }
      // A read that is under way may have begun too long ago; the second one is this request's.
      for (let attempt = 0; attempt < 2 && !isWithin(readAt, pollSeconds, now); attempt += 1) {
        if (isWithin(failedAt, retrySeconds, now)) break;
        underWay ??= read(now).finally(() => {
          underWay = undefined;
        });
        await underWay.catch(() => undefined);
      }
      if (isWithin(readAt, Math.max(pollSeconds, maxStaleSeconds), now)) {
        if (!isTold) onStale?.(failure);
        isTold = true;
        return view;
      }
      throw new Unavailable('the revocation log', { cause: failure });
    },
    onEntry(listener) {
      if (hasBegun) throw new Error('a listener that has missed entries');
      listeners.push(listener);
    },
  };

  async function read(now: number): Promise<void> {
    hasBegun = true;
    // A clock that was set back says nothing of what was read since.
    const isKnown = readAt !== undefined && now >= readAt - clockDriftSeconds;
    const since = isKnown ? (readAt ?? 0) - pollOverlapSeconds : 0;
    const from = Math.max(since, now - keepSeconds - pollOverlapSeconds);
    try {
      const [entries] = await Promise.all([
        log.read(from, now + clockDriftSeconds),
        failedAt === undefined ? beside?.(now).catch(() => undefined) : undefined,
      ]);
      take(entries, now);
      readAt = now;
      failedAt = undefined;
      failure = undefined;
      isTold = true;
    } catch (cause) {
      failedAt = now;
      failure = cause;
      isTold = false;
      throw new Unavailable('the revocation log', { cause });
    }
  }

  function take(entries: readonly LoggedEntry[], now: number): void {
    if (now - sweptAt >= sweepSeconds || now < sweptAt) {
      view.sweep(now);
      sweptAt = now;
    }
    const places = new Set<string>();
    for (const entry of entries) {
      const place = placeOf(entry.at, entry.serial);
      // Nothing older is read again.
      if (entry.at >= now - pollOverlapSeconds) places.add(place);
      if (seen.has(place) || entry.expiresAt <= now) continue;
      view.add(entry);
      for (const listener of listeners) listener(entry);
    }
    seen = places;
  }
}

/** False as well when the clock was set back: then nothing is known of an age. */
function isWithin(since: number | undefined, seconds: number, now: number): boolean {
  return since !== undefined && now >= since - clockDriftSeconds && now - since < seconds;
}
