import { brokenGranteeRule, type Grantee } from './grantee.ts';
import { isUsername } from './user-credential.ts';

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

/** The first rule that a user breaks, in words for the operator who is about to write it. */
export function brokenUserRule(user: BasicUser): string | undefined {
  return isUsername(user.username)
    ? brokenGranteeRule(user)
    : 'username must have 1 to 256 bytes, without colons and control characters (RFC 7617 §2)';
}
