import type { BasicUser } from '../../core/basic-user.ts';
import type { DenyReason } from '../../core/decision.ts';
import { digest, digestsEqual } from '../../core/digest.ts';
import { granteePrincipal, granteeProblem } from '../../core/grantee.ts';
import { madeOnce } from '../../core/made-once.ts';
import { hashOfNothing, requireArgon2, verifyPassword } from '../../core/password-hash.ts';
import type { AuditLog } from '../../core/ports/audit-log.ts';
import type { FailureCounter } from '../../core/ports/failure-counter.ts';
import type { Lookup } from '../../core/ports/lookup.ts';
import type { Randomness } from '../../core/ports/randomness.ts';
import { available } from '../../core/unavailable.ts';
import { parseUserCredential } from '../../core/user-credential.ts';
import type { Authentication, Authenticator } from '../scheme.ts';
import { attemptOf, type Lock, lockouts } from './lockouts.ts';
import { verifiedPairs } from './verified-pairs.ts';

export interface BasicAuthentication {
  /** Through a cache: what is changed there is noticed within its time, and a verified pair lives no longer. */
  readonly users: Lookup<BasicUser>;
  readonly failures: FailureCounter;
  /** The deployment that keeps the users. */
  readonly issuer: string;
  /** The protected API. */
  readonly audience: string;
  readonly randomness: Randomness;
  readonly audit: AuditLog;
}

/**
 * Users with a password (RFC 7617). An unknown name, a wrong password and a lock of the user are refused alike and cost the
 * same: one run of argon2id, two reads and, where nothing is locked, two writes of counters. A lock of the pair is refused
 * at once, for whatever name. Throws at once where this Node has no argon2.
 */
export function basicAuthenticator(ports: BasicAuthentication): Authenticator {
  requireArgon2();
  const { users, issuer, audience, randomness } = ports;
  const nobodysHash = hashOfNothing(randomness.bytes(48));
  const pairs = verifiedPairs(randomness);
  // While a record is in memory its principal is the same object, and whatever is known of that principal stays known.
  const principalOf = madeOnce((user: BasicUser) =>
    granteePrincipal('basic', user, issuer, user.username),
  );
  const locks = lockouts(ports);

  return {
    scheme: 'basic',

    async authenticate(
      presented,
      { now, sourceIp, isReplayed, isStrict },
    ): Promise<Authentication> {
      const credential = parseUserCredential(presented);
      if (credential === undefined) return rejected('malformed');
      const { username, password } = credential;
      const attempt = attemptOf(username, sourceIp);
      const user = await available('the Clients table', () => users.find(username, isStrict));
      // What argon2id says of a password and a stored hash does not age, so a strict route may use it too: its record was
      // read for this request. What memory cannot tell is whether there is a lock by now.
      const isKnown = user !== undefined && pairs.has(attempt.pair, password, user.secret, now);
      const lock = isKnown && !isStrict ? 'none' : await locks.lockOf(attempt, now);
      if (lock === 'pair') return rejected('locked');

      const isRight = await verify(user, password, lock, isKnown);
      if (user === undefined || !isRight) {
        pairs.forget(attempt.pair);
        if (lock === 'none') await locks.failed(attempt, now);
        return rejected(refusalOf(user, lock));
      }
      if (!isKnown) pairs.keep(attempt.pair, password, user.secret, now);
      const problem = granteeProblem(user, { audience, sourceIp, isReplayed, now });
      if (problem !== undefined) return rejected(problem);
      return { kind: 'authenticated', principal: principalOf(user) };
    },
  };

  /** Is it the user's password? Every no takes one run of argon2id, whatever the reason. */
  async function verify(
    user: BasicUser | undefined,
    password: string,
    lock: Lock,
    isKnown: boolean,
  ): Promise<boolean> {
    const secret = user?.secret;
    if (secret?.kind === 'generated' && digestsEqual(digest(password), secret.hash)) return true;
    if (secret?.kind === 'password' && lock === 'none') {
      return isKnown || verifyPassword(password, secret.phc);
    }
    await verifyPassword(password, nobodysHash);
    return false;
  }
}

/** For the log alone: callers cannot tell these apart. */
function refusalOf(user: BasicUser | undefined, lock: Lock): DenyReason {
  if (user === undefined) return 'key_unknown';
  return lock === 'user' && user.secret.kind === 'password' ? 'locked' : 'bad_password';
}

function rejected(reason: DenyReason): Authentication {
  return { kind: 'rejected', reason };
}
