import { wildcard } from './wildcard.ts';

/**
 * `ArnLike`: the six parts of an ARN are compared one by one, so that a `*` never reaches over a colon. Only the last
 * part, the resource, may hold colons of its own. Text that is no ARN matches nothing.
 */
export function arnLike(pattern: string): (arn: string) => boolean {
  const patterns = partsOf(pattern)?.map((part) => wildcard(part));
  return (arn) => {
    const parts = partsOf(arn);
    if (patterns === undefined || parts === undefined) return false;
    return patterns.every((matches, index) => matches(parts[index] ?? ''));
  };
}

function partsOf(arn: string): readonly string[] | undefined {
  const parts = arn.split(':');
  if (parts.length < 6 || parts[0] !== 'arn') return undefined;
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
