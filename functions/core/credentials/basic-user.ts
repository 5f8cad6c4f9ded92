import { isVisible } from '../human-name.ts';
import { brokenGranteeRule, type Grantee } from './grantee.ts';
import { isPassword, isUsername, usernameRule } from './user-credential.ts';

/** A user of HTTP Basic authentication (RFC 7617) as the Clients table keeps it: nothing in it is secret. */
export interface BasicUser extends Grantee {
  /** In NFC. */
  readonly username: string;
  readonly secret: UserSecret;
  /** Epoch seconds. */
  readonly passwordSetAt: number;
}

/** A password at rest: one that we drew has 256 random bits, so that a plain hash gives nothing away; others get argon2id. */
export type UserSecret =
  | {
      readonly kind: 'generated';
      /** base64url of SHA-256 of the password. */
      readonly hash: string;
    }
  | {
      readonly kind: 'password';
      /** argon2id, as a PHC string. */
      readonly phc: string;
    };

/** The first rule that a new user breaks, in words for the operator who is about to write it. */
export function brokenUserRule(user: BasicUser): string | undefined {
  const { username } = user;
  if (!isUsername(username)) return usernameRule;
  // Who has such a name from before still has a user: a name that a request can have is enough for that.
  if (!isVisible(username)) return 'username must have no invisible characters';
  return brokenGranteeRule(user);
}

const passwordBytesMin = 8;

/** Why a person may not have this password, in words for the operator who is about to set it. @param password in NFC */
export function brokenPasswordRule(password: string, username: string): string | undefined {
  if (!isPassword(password) || Buffer.byteLength(password) < passwordBytesMin) {
    return 'password must have 8 to 1024 bytes, without control characters';
  }
  return password.toLowerCase() === username.toLowerCase()
    ? 'password must not be the username'
    : undefined;
}
