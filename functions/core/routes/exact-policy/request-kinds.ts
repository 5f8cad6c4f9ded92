import { patternMachine } from './pattern-machine.ts';
import { type RouteTemplate, winsOver } from './route-template.ts';
import { templatePattern } from './template-pattern.ts';

/** Requests that no policy made of the table's globs can tell apart. Routes are numbers in the table. */
export interface RequestKind {
  /** Routes that may serve them: several where specificity does not settle it, none on the way to a longer path. */
  readonly winners: readonly number[];
  /** Routes whose globs match them, the winners among them. */
  readonly globs: readonly number[];
}

/** A word that no template holds. All such words are alike. */
const fresh = '*';
/** The one segment of the path `/`. To a wildcard it is fresh. */
const root = '';

/**
 * Walks through the states of all templates and globs, and says of each which requests lead there. Lazy, because there
 * may be very many: whoever walks counts.
 *
 * A request is a sequence of words: the verb, then its segments. A `*` of a glob stands between slashes or last, so what
 * it matches is one or more whole words, and finitely many states tell all requests apart. Paths with an empty segment
 * are left out, but for `/`.
 */
export function* requestKinds(
  templates: readonly RouteTemplate[],
): Generator<RequestKind, undefined> {
  const routes = patternMachine(templates.map((template) => templatePattern(template, 'one')));
  const globs = patternMachine(templates.map((template) => templatePattern(template, 'some')));
  const isBeaten = templates.map((route) => templates.map((other) => winsOver(other, route)));
  const verbs = [...new Set([...templates.map(({ verb }) => verb), fresh])];
  const segments = [...new Set([...templates.flatMap(literalsOf), fresh])];

  const seen = new Set<string>();
  let frontier = [{ route: routes.start, glob: globs.start }];
  for (let depth = 0; frontier.length > 0; depth += 1) {
    const words = depth === 0 ? verbs : depth === 1 ? [...segments, root] : segments;
    const next: typeof frontier = [];
    for (const state of frontier) {
      for (const word of words) {
        const route = routes.step(state.route, word);
        if (route === 0n) continue;
        const glob = globs.step(state.glob, word);
        const name = `${route.toString(32)}.${glob.toString(32)}`;
        if (seen.has(name)) continue;
        seen.add(name);
        next.push({ route, glob });
        const matching = routes.matched(route);
        const winners = matching.filter((one) => !matching.some((other) => isBeaten[one]?.[other]));
        yield { winners, globs: winners.length === 0 ? [] : globs.matched(glob) };
      }
    }
    frontier = next;
  }
}

function literalsOf({ segments }: RouteTemplate): readonly string[] {
  const texts = segments.map((segment) => (segment.kind === 'literal' ? segment.text : root));
  return texts.filter((text) => text !== root);
}
