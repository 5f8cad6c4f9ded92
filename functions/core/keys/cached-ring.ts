import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import { RingUnavailable, type SigningKeys } from '../ports/signing-keys.ts';
import type { KeyRing } from './key-ring.ts';
import { parseRing } from './parse-ring.ts';

export interface CachedRing {
  /** Fetches the text of the ring in force; throws when it cannot. */
  readonly fetchText: () => Promise<string>;
  readonly clock: Clock;
  readonly audit: AuditLog;
  /** How long a ring is used before it is fetched again. */
  readonly ringCacheSeconds: number;
  /** How long a ring is used that cannot be fetched again. No ring is ever used for longer: retirement relies on it. */
  readonly ringHoldSeconds: number;
}

/** After a fetch that failed, the next one waits this long; without any ring to go on with it waits a second. */
export const retryAfterSeconds = 5;

/**
 * The ring for signers, from memory while it is fresh. Whatever is wrong with the secret later on (away, a sentinel, a
 * newer schema, not a ring), the last good ring signs on until its hold is over; each failed attempt is a fault in the
 * log. A newer one that the revocation log has named is fetched at once, and the one at hand signs on while that fails: its
 * keys stay good for the hold, and one that was revoked is not signed with by whoever asks the log. Callers that come while a fetch is under way wait for that one.
 */
export function cachedRing(options: CachedRing): SigningKeys {
  const { clock, ringHoldSeconds } = options;
  const freshSeconds = Math.min(options.ringCacheSeconds, ringHoldSeconds);
  let kept: { readonly ring: KeyRing; readonly readAt: number } | undefined;
  let failedAt: number | undefined;
  let underWay: Promise<KeyRing> | undefined;

  return {
    current: async (generation = 0) => {
      const now = clock.now();
      // One that is older than what was named is read again, though not by every request: the secret may be behind the log.
      const isNamed = kept === undefined || kept.ring.generation >= generation;
      if (isWithin(kept?.readAt, isNamed ? freshSeconds : 1, now)) return held(now);
      const waitSeconds = kept === undefined ? 1 : retryAfterSeconds;
      if (isWithin(failedAt, waitSeconds, now)) return held(now);
      underWay ??= refresh(now).finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
  };

  async function refresh(now: number): Promise<KeyRing> {
    try {
      const ring = ringOf(await options.fetchText());
      // What was read is as old as the request for it, whenever the answer came.
      kept = { ring, readAt: now };
      failedAt = undefined;
      return ring;
    } catch (cause) {
      failedAt = now;
      const fault = cause instanceof RingUnavailable ? cause.message : 'the secret is unavailable';
      options.audit.write({ event: 'fault', where: 'key-ring', fault });
      return held(now);
    }
  }

  function held(now: number): KeyRing {
    if (kept !== undefined && isWithin(kept.readAt, ringHoldSeconds, now)) return kept.ring;
    throw new RingUnavailable('no key ring to sign with');
  }
}

/** False as well when the clock went backwards: then nothing is known of an age. */
function isWithin(since: number | undefined, seconds: number, now: number): boolean {
  return since !== undefined && now >= since && now - since < seconds;
}

function ringOf(text: string): KeyRing {
  const parsed = parseRing(text);
  switch (parsed.kind) {
    case 'ring':
      return parsed.ring;
    case 'sentinel':
      throw new RingUnavailable('no key ring was made yet');
    case 'unknown_schema':
      throw new RingUnavailable('the key ring is newer than this code');
    case 'broken':
      throw new RingUnavailable('the secret holds no key ring');
  }
}
