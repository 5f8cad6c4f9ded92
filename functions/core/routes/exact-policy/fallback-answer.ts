import type { CompiledPolicy } from './compile-exact-policy.ts';
import { exactPolicy, type PolicyResources } from './exact-policy.ts';

/**
 * What to answer a caller for whom no exact policy exists. Synth refuses tables that have such callers, so this is a
 * second net: the route of this request alone, where that is exact; else nothing, explicitly. It never allows too much, and
 * other routes of the caller are refused until the cached answer ends.
 *
 * @param route number of the route that serves the request; the caller may use it
 */
export function fallbackAnswer(
  compiled: CompiledPolicy,
  route: number,
  stageArn: string,
): PolicyResources {
  const alone = exactPolicy(compiled)(new Set([route]), stageArn);
  return alone.isExact ? alone : { allow: [], deny: [`${stageArn}/*`] };
}
