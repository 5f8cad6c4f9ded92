import type { CompiledPolicy } from './compile-exact-policy.ts';
import { exactPolicy, type PolicyResources } from './exact-policy.ts';

/** Characters that API Gateway takes in one `Resource`. */
const resourceCharactersMax = 512;

/**
 * What to answer a caller for whom no exact policy exists. Synth refuses tables that have such callers, so this is a
 * second net: it never allows too much, and other routes of the caller are refused until the cached answer ends.
 *
 * The route of this request alone, where that is exact; else this very request, if its ARN reads the same to everybody;
 * else nothing.
 *
 * @param route number of the route that serves the request; the caller may use it
 */
export function fallbackAnswer(
  compiled: CompiledPolicy,
  route: number,
  methodArn: string,
  stageArn: string,
): PolicyResources {
  const alone = exactPolicy(compiled)(new Set([route]), stageArn);
  if (alone.isExact) return { allow: alone.allow, deny: alone.deny };
  return isPlain(methodArn, stageArn)
    ? { allow: [methodArn], deny: [] }
    : { allow: [], deny: [`${stageArn}/*`] };
}

/** Unreserved characters only (RFC 3986 §2.3): no wildcard, nothing encoded, no empty segment. */
function isPlain(methodArn: string, stageArn: string): boolean {
  return (
    methodArn.length <= resourceCharactersMax &&
    methodArn.startsWith(`${stageArn}/`) &&
    /^[A-Z]+(?:\/[\w.~-]+)+$/.test(methodArn.slice(stageArn.length + 1))
  );
}
