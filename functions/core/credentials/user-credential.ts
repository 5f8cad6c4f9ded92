import { decodeUserPass } from './user-pass.ts';

const usernameBytesMax = 256;
const passwordBytesMax = 1_024;

/** A user's name and password as a request has them, both in NFC. */
export interface UserCredential {
  readonly username: string;
  readonly password: string;
}

/**
 * The user credential in an `Authorization: Basic` value (RFC 7617 §2): UTF-8, both halves in NFC, no control characters,
 * a name of 1 to 256 bytes and a password of 1 to 1,024. Nothing is form-decoded: that is the token endpoint's. `undefined`
 * when it is malformed, so that nothing beyond these bounds is ever looked up or hashed.
 *
 * @param encoded what follows the scheme and its space
 */
export function parseUserCredential(encoded: string): UserCredential | undefined {
  const decoded = decodeUserPass(encoded);
  if (decoded === undefined) return undefined;
  const username = decoded.userId.normalize('NFC');
  const password = decoded.password.normalize('NFC');
  return isUsername(username) && isPassword(password) ? { username, password } : undefined;
}

/** What `isUsername` asks for, in words for operators. */
export const usernameRule =
  'username must have 1 to 256 bytes, without colons and control characters (RFC 7617 §2)';

/** Can a request name this user? In NFC, and without a colon, which ends the name (RFC 7617 §2). */
export function isUsername(text: string): boolean {
  return isHalf(text, usernameBytesMax) && !text.includes(':');
}

/** Can a request carry this password? */
export function isPassword(text: string): boolean {
  return isHalf(text, passwordBytesMax);
}

function isHalf(text: string, bytesMax: number): boolean {
  return (
    text !== '' &&
    text.isWellFormed() &&
    text === text.normalize('NFC') &&
    Buffer.byteLength(text) <= bytesMax &&
    !/\p{Cc}/u.test(text)
  );
}
