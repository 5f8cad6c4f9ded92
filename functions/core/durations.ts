/**
 * Every duration that a deployment may set, in seconds, with its default and its bounds in one place. `infra/` hands
 * them to the functions through their configuration; nobody else writes a number of seconds down.
 */
export const defaults = {
  /** Lifetime of an access token of the client credentials grant. */
  accessTokenLifetimeSeconds: 900,
  /** No access token of this issuer lives longer. Bounds how long a retired key and a revocation must be remembered. */
  accessTokenLifetimeMaxSeconds: 3_600,
  /** Tolerance for `exp`, `nbf` and `iat` when a JWT is verified. */
  clockSkewSeconds: 30,
  /** How long a signer uses the ring it has read before it looks again. */
  ringCacheSeconds: 300,
  /** How long a signer goes on with a ring that it cannot read again. */
  ringHoldSeconds: 86_400,
  /** A key is public for at least this long before it signs. */
  publicationLeadSeconds: 86_400,
  /** Period of the rotation schedule. */
  rotationPeriodSeconds: 2_592_000,
  /** A client's record is used from memory for this long, unless the revocation log says that it changed. */
  clientCacheSeconds: 60,
  /** `max-age` of the JWK Set and of the metadata documents. */
  publicDocumentMaxAgeSeconds: 300,
  /** A verifier looks at the published key set again after this long, even for a `kid` that it knows. */
  publishedKeysCacheSeconds: 300,
  /** The same for the record of an API key, a user or a certificate as for a client's. */
  credentialCacheSeconds: 60,
  /** Whoever follows the revocation log looks at it again after this long. */
  revocationPollSeconds: 5,
  /** A verifier goes on with what it knows of the log for this long while it cannot read it. */
  revocationMaxStaleSeconds: 60,
} as const;

/** What a deployment may set, in seconds, where several functions are told of it. Apart, so that each bundles its own. */
export const accessTokenLifetimeMaxBounds = { min: 1, max: 86_400 } as const;
export const clientCacheBounds = { min: 0, max: 60 } as const;
export const ringCacheBounds = { min: 0, max: 3_600 } as const;
export const ringHoldBounds = { min: 0, max: 604_800 } as const;
export const publishedKeysCacheBounds = { min: 1, max: 3_600 } as const;
export const revocationPollBounds = { min: 1, max: 60 } as const;

/** Two clocks in AWS differ by no more. */
export const clockDriftSeconds = 2;

/** One attempt to write an entry of the log takes no longer. */
export const revocationWriteSeconds = 1;

/** A read of the log goes back so far beyond the one before: the drift, a write attempt, and ample room for a late arrival. */
export const pollOverlapSeconds = 30;

/** An environment that has not read the log for this long is gone, or might as well be. */
export const pollReportKeepSeconds = 3_600;

/** A key that was revoked while it signed is trusted no longer than this; a rotation takes it out within seconds. */
export const revokedSigningSeconds = 60;

/** A record that is about to change has changed within this time: more than any writer may run. */
export const recordChangeSeconds = 60;

/** What is known of a WebSocket connection is kept for this long: API Gateway ends every one after two hours. */
export const connectionKeepSeconds = 8_100;

/** No handshake takes longer: an authorizer has ten seconds, an integration 29. Until it is over, nobody can close it. */
export const handshakeSeconds = 60;

/** Open connections are looked at this often: EventBridge has no shorter period. */
export const connectionsPeriodSeconds = 60;

/** So long after the look began no further connection is closed; the next look goes on. */
export const connectionsRunSeconds = 25;

/** EventBridge and a cold start take so long to begin one. */
const connectionsStartSeconds = 5;

/** After this long an open connection whose credential was revoked or has expired is closed. */
export const connectionCloseSeconds: number =
  connectionsPeriodSeconds + connectionsStartSeconds + connectionsRunSeconds;

/**
 * How far in the future a cut lies: an issuer that has not seen it yet issues nothing later. It works with a log that is at
 * most a poll old, its clock may be ahead, and the write takes its time.
 */
export function cutMarginSeconds(revocationPollSeconds: number): number {
  return revocationPollSeconds + clockDriftSeconds + revocationWriteSeconds;
}

/**
 * How long an entry of the log can matter: as long as the longest token lives that it may kill, by the most tolerant
 * verifier. That may be one of the very second of a cut, which lies a second and the margin ahead of its entry.
 */
export function revocationKeepSeconds(durations: {
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly revocationPollSeconds: number;
}): number {
  return (
    durations.accessTokenLifetimeMaxSeconds +
    clockSkewMaxSeconds +
    1 +
    cutMarginSeconds(durations.revocationPollSeconds)
  );
}

export const clockSkewMaxSeconds = 120;

/**
 * How long a cut is kept after its instant: longer than the longest family of refresh tokens lives (90 days), which it must
 * stop at its next use, and far longer than any access token.
 */
export const cutKeepSeconds = 7_862_400;

/** A verifier goes on with a key set that it cannot read again for this long. */
export const publishedKeysHoldSeconds = 86_400;

/** After a read for an unknown `kid` no further one happens for this long. */
export const unknownKidCooldownSeconds = 30;

/** A credential that was replaced works for this long unless its operator says otherwise, and never for longer than the second. */
export const rollGraceSeconds = 86_400;
export const rollGraceMaxSeconds = 2_592_000;

/** When a credential was last used is forgotten after this long: what runs once a year was seen within it. */
export const lastUseKeepSeconds = 34_560_000;

/** A verified pair of user and password is used from memory for this long. */
export const verifiedPairSeconds = 60;

/** Failures are forgotten this long after the last of them. */
export const failureCountSeconds = 3_600;

/** A lock that was read is believed for this long before it is read again. */
export const seenLockSeconds = 10;

/** What was said of a guess waits this long for the failures of guesses at the same time: longer than one takes to be written. */
export const guessSettleSeconds = 0.05;

/** No lock after failures is longer. Below the time that failures are counted, or a lock would forget its own cause. */
export const lockMaxSeconds = 900;

/** Tokens of a bucket that an environment has leased are good for this long; idle environments hoard none. */
export const leaseSeconds = 2;

/** How long a key stays published after its last signature: the longest token, the longest hold of a ring, the skew. */
export function keyRetirementSeconds(durations: {
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly ringHoldSeconds: number;
  readonly clockSkewSeconds: number;
}): number {
  return (
    durations.accessTokenLifetimeMaxSeconds +
    durations.ringHoldSeconds +
    2 * durations.clockSkewSeconds
  );
}
