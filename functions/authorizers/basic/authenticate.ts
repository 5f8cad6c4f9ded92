import type { BasicUser, UserSecret } from '../../core/credentials/basic-user.ts';
import { granteePrincipal, granteeProblem } from '../../core/credentials/grantee.ts';
import {
  hashOfNothing,
  requireArgon2,
  verifyPassword,
} from '../../core/credentials/password-hash.ts';
import { parseUserCredential } from '../../core/credentials/user-credential.ts';
import { digest, digestsEqual } from '../../core/digest.ts';
import { keptOnReturn } from '../../core/kept-on-return.ts';
import type { FailureCounter } from '../../core/ports/failure-counter.ts';
import type { Lookup } from '../../core/ports/lookup.ts';
import type { Pause } from '../../core/ports/pause.ts';
import type { Randomness } from '../../core/ports/randomness.ts';
import type { DenyReason } from '../../core/routes/decision.ts';
import { available } from '../../core/unavailable.ts';
import type { Authentication, Authenticator, Circumstances } from '../scheme.ts';
import { attemptOf } from './attempt.ts';
import { lockouts } from './lockouts.ts';
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
  readonly pause: Pause;
}

/**
 * Users with a password (RFC 7617). One that we drew is let in wherever it is right: it cannot be guessed, so no lock may
 * shut it out. Everything else, an unknown name, a wrong password of whichever kind, is refused alike and costs the same:
 * one run of argon2id, a pause, two looks at the counters and a count in each; where a lock holds, the first look alone.
 * Where the counters cannot be read there is no answer. Throws at once where this Node has no argon2.
 */
export function basicAuthenticator(ports: BasicAuthentication): Authenticator {
  requireArgon2();
  const { users, issuer, audience, randomness } = ports;
  const nobodysHash = hashOfNothing(randomness.bytes(48));
  const nobodysDigest = Buffer.from(randomness.bytes(32)).toString('base64url');
  const pairs = verifiedPairs(randomness);
  // While a record is in memory its principal is the same object, and what is kept of that principal stays known.
  const principalOf = keptOnReturn((user: BasicUser) => ({
    ...granteePrincipal('basic', user, issuer, user.username),
    secretSetAt: user.passwordSetAt,
  }));
  const locks = lockouts(ports);

  return {
    scheme: 'basic',

    async authenticate(presented, circumstances): Promise<Authentication> {
      const credential = parseUserCredential(presented);
      if (credential === undefined) return rejected('malformed');
      const { username, password } = credential;
      const { now, sourceIp, isStrict } = circumstances;
      const user = await available('the Clients table', () => users.find(username, isStrict));
      const isDrawn = isDrawnPassword(password, user?.secret);
      if (user !== undefined && isDrawn) return identified(user, circumstances);

      const attempt = attemptOf(username, sourceIp);
      const { secret } = user ?? {};
      const person = user && secret?.kind === 'password' ? { user, phc: secret.phc } : undefined;
      // What argon2id says of a password and a stored hash does not age, so a strict route may use it too: its record was
      // read for this request. What memory cannot tell is whether there is a lock by now.
      const isKnown = person !== undefined && pairs.has(attempt.pair, password, person.phc, now);
      if (isKnown) {
        const isLocked = isStrict && (await locks.isLocked(attempt, now));
        return isLocked ? rejected('locked') : identified(person.user, circumstances);
      }

      const turn = await locks.turn(attempt, now);
      if (turn === undefined) return rejected('locked');
      const isEqual = await verifyPassword(password, person?.phc ?? nobodysHash);
      const isLetIn = await turn.end(person !== undefined && isEqual);
      if (person === undefined) return rejected(user ? 'bad_password' : 'key_unknown');
      if (!isLetIn) return rejected(isEqual ? 'locked' : 'bad_password');
      pairs.keep(attempt.pair, password, person.phc, now);
      return identified(person.user, circumstances);
    },
  };

  /** Is it the user's, and one that we drew? Asked of everybody, so that the time of it tells nothing. */
  function isDrawnPassword(password: string, secret: UserSecret | undefined): boolean {
    const isGenerated = secret?.kind === 'generated';
    return digestsEqual(digest(password), isGenerated ? secret.hash : nobodysDigest) && isGenerated;
  }

  /** What is to be said of a user whose password was right. */
  function identified(user: BasicUser, circumstances: Circumstances): Authentication {
    const problem = granteeProblem(user, { audience, ...circumstances });
    return problem === undefined
      ? { kind: 'authenticated', principal: principalOf(user) }
      : rejected(problem);
  }
}

function rejected(reason: DenyReason): Authentication {
  return { kind: 'rejected', reason };
}
