import type { PatternItem } from './pattern-machine.ts';
import type { RouteTemplate } from './route-template.ts';

/**
 * A route as a pattern over words: the verb, then the segments.
 *
 * @param parameter what `{x}` and `ANY` take: one word in the selection of routes, whatever a greedy one takes in a glob
 */
export function templatePattern(
  { verb, segments }: RouteTemplate,
  parameter: 'one' | 'some',
): readonly PatternItem[] {
  return [
    verb === 'ANY' ? parameter : { word: verb },
    ...segments.map((segment) => {
      if (segment.kind === 'literal') return { word: segment.text };
      return segment.kind === 'greedy' ? 'some' : parameter;
    }),
  ];
}
