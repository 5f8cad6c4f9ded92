import { type PatternItem, type PatternMachine, patternMachine } from './pattern-machine.ts';
import { type RouteTemplate, winsOver } from './route-template.ts';

/** Requests that no policy made of the table's globs can tell apart. Routes are numbers in the table. */
export interface RequestKind {
  /** Routes that may serve them: one, several where specificity does not settle it, none on the way to a longer path. */
  readonly winners: readonly number[];
  /** Routes whose globs match them, the winners among them. */
  readonly globs: readonly number[];
}

/** A word that no template spells out. All of them are alike; `*` is none that a template may hold. */
const fresh = '*';
/** The one segment of the path `/`. */
const root = '';

/**
 * Walks through the states of all templates and globs, and says of each which requests lead there. Lazy, because there
 * may be very many: whoever walks counts.
 *
 * A request is a sequence of words: the verb, then its segments. A `*` of a glob stands between slashes or last, so what
 * it matches is one or more whole words, and finitely many states of all templates and globs together tell all requests
 * apart. Paths with an empty segment are left out, but for `/`, whose one segment is empty.
 */
export function* requestKinds(templates: readonly RouteTemplate[]): Generator<RequestKind, void> {
  const routes = patternMachine(templates.map(routeItems));
  const globs = patternMachine(templates.map(globItems));
  const isBeaten = templates.map((route) => templates.map((other) => winsOver(other, route)));
  const verbs = wordsOf(templates.map(({ verb }) => verb));
  const segments = wordsOf(templates.flatMap((template) => template.segments.map(textOf)));

  const seen = new Set<string>();
  let frontier: readonly State[] = [{ routes: routes.start, globs: globs.start }];
  for (let depth = 0; frontier.length > 0; depth += 1) {
    const words = depth === 0 ? verbs : depth === 1 ? [...segments, root] : segments;
    const next: State[] = [];
    for (const state of frontier) {
      for (const word of words) {
        const after = stepBoth({ routes, globs }, state, word);
        if (after.routes === 0n) continue;
        const key = `${after.routes.toString(32)}.${after.globs.toString(32)}`;
        if (seen.has(key)) continue;
        seen.add(key);
        if (word !== root) next.push(after);
        const matching = routes.matched(after.routes);
        const winners = matching.filter((one) => !matching.some((other) => isBeaten[one]?.[other]));
        yield { winners, globs: winners.length === 0 ? [] : globs.matched(after.globs) };
      }
    }
    frontier = next;
  }
}

interface State {
  readonly routes: bigint;
  readonly globs: bigint;
}

function stepBoth(
  machines: { readonly routes: PatternMachine; readonly globs: PatternMachine },
  state: State,
  word: string,
): State {
  const routes = machines.routes.step(state.routes, word);
  return { routes, globs: routes === 0n ? 0n : machines.globs.step(state.globs, word) };
}

function routeItems({ verb, segments }: RouteTemplate): readonly PatternItem[] {
  return [
    verb === 'ANY' ? wildcard({ isRepeating: false, takesEmpty: false }) : literal(verb),
    ...segments.map((segment) =>
      segment.kind === 'literal'
        ? literal(segment.text)
        : wildcard({ isRepeating: segment.kind === 'greedy', takesEmpty: false }),
    ),
  ];
}

function globItems({ verb, segments }: RouteTemplate): readonly PatternItem[] {
  const star = wildcard({ isRepeating: true, takesEmpty: true });
  return [
    verb === 'ANY' ? star : literal(verb),
    ...segments.map((segment) => (segment.kind === 'literal' ? literal(segment.text) : star)),
  ];
}

function literal(word: string): PatternItem {
  return { kind: 'literal', word };
}

function wildcard(how: { isRepeating: boolean; takesEmpty: boolean }): PatternItem {
  return { kind: 'wildcard', ...how };
}

function textOf(segment: RouteTemplate['segments'][number]): string {
  return segment.kind === 'literal' ? segment.text : fresh;
}

/** Each word once, without the root's, and one that stands for all others. */
function wordsOf(words: readonly string[]): readonly string[] {
  return [...new Set([...words, fresh])].filter((word) => word !== root);
}
