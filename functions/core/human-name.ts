/** In words for operators. */
export const humanNameRule = 'name must have 1 to 100 printable characters';

/** May people call something that: a client, a key, a certificate? */
export function isHumanName(text: string): boolean {
  return isVisible(text) && /^.{1,100}$/u.test(text);
}

/**
 * Is what people see of a text all of it, and on one line? Without control characters and those that format (U+202E turns
 * what follows around, U+200B makes two names look like one: Unicode category C), and without separators of lines.
 */
export function isVisible(text: string): boolean {
  return !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
}
