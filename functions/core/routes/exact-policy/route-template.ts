/** A route key, taken apart: `GET /orders/{id}`. */
export interface RouteTemplate {
  /** A verb, or `ANY`. */
  readonly verb: string;
  /** At least one; that of the path `/` is the empty literal. */
  readonly segments: readonly TemplateSegment[];
}

type TemplateSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter' | 'greedy' };

/** A route of a path that no policy can name. The cache then needs the route in its key. */
export class UnnameableRoute extends Error {
  constructor(key: string, text: string) {
    super(
      `no policy can name ${key}: nobody knows how an ARN spells "${text}", which is not letters, digits and - . _ ~ : alone`,
    );
  }
}

/**
 * Reads a route key. Throws with the key for what is none, and `UnnameableRoute` for a literal with characters that may be
 * encoded in a path.
 */
export function parseRouteTemplate(key: string): RouteTemplate {
  const [, verb, path] = /^([A-Z]+) \/(\S*)$/.exec(key) ?? [];
  if (verb === undefined || path === undefined) {
    throw new Error(`route "${key}": must be a verb, a space and a path template`);
  }
  if (path === '') return { verb, segments: [{ kind: 'literal', text: '' }] };
  const segments = path.split('/').map((text): TemplateSegment => {
    if (/^\{[\w.-]+\+\}$/.test(text)) return { kind: 'greedy' };
    if (/^\{[\w.-]+\}$/.test(text)) return { kind: 'parameter' };
    if (/^[\w.~:-]+$/.test(text)) return { kind: 'literal', text };
    // In a policy `*`, `?` and `$` mean something.
    if (/^[^*?${}\s]+$/.test(text)) throw new UnnameableRoute(key, text);
    throw new Error(
      `route "${key}": a path segment is {name}, {name+} or a text without *, ?, $ and braces`,
    );
  });
  if (segments.slice(0, -1).some(({ kind }) => kind === 'greedy')) {
    throw new Error(`route "${key}": only the last segment can be greedy`);
  }
  return { verb, segments };
}

/** What a policy lists for a route, after the stage: `GET/orders/*`. Wider than the route, for a `*` takes slashes. */
export function globOf({ verb, segments }: RouteTemplate): string {
  const words = segments.map((segment) => (segment.kind === 'literal' ? segment.text : '*'));
  return [verb === 'ANY' ? '*' : verb, ...words].join('/');
}

const ranks = { literal: 3, parameter: 2, greedy: 1 } as const;

/**
 * Is `left` certain to serve a request that both match? Only if it is nowhere less specific than `right` and somewhere
 * more so; of equal paths the one with a verb. AWS writes down no more than that.
 */
export function winsOver(left: RouteTemplate, right: RouteTemplate): boolean {
  let isAhead = false;
  for (const [index, segment] of left.segments.entries()) {
    const other = right.segments[index];
    // The shorter one ends greedy, since both match, and has lost there.
    if (other === undefined) break;
    const lead = ranks[segment.kind] - ranks[other.kind];
    if (lead < 0) return false;
    if (lead > 0) isAhead = true;
  }
  return isAhead || (left.verb !== 'ANY' && right.verb === 'ANY');
}
