/**
 * A pattern of an IAM policy as a predicate: `*` stands for any run of characters, `?` for one, all else for itself.
 * @param ignoreCase action names are compared without case, everything else with it
 */
export function wildcard(pattern: string, ignoreCase = false): (text: string) => boolean {
  if (pattern.includes('${')) {
    throw new Error(`policy variables are not supported: ${pattern}`);
  }
  const source = pattern
    .replace(/\*+/g, '*')
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, ignoreCase ? 'isu' : 'su');
  return (text) => expression.test(text);
}
