/** A route: a method and a path template, and what it leads to. */
export interface Route<T> {
  /** A verb, or `ANY`. */
  readonly method: string;
  /** `/orders/{id}`, `/files/{rest+}` */
  readonly template: string;
  readonly target: T;
}

export interface RouteMatch<T> {
  readonly target: T;
  /** Percent-decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface CompiledRoute<T> extends Route<T> {
  readonly segments: readonly Segment[];
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter' | 'greedy'; readonly name: string };

const ranks = { literal: 0, parameter: 1, greedy: 2 } as const;

/**
 * Finds the route of a request. Position by position a literal beats a parameter and a parameter a greedy one; on equal
 * templates a verb beats `ANY`. A route of another verb is no match, so its request may fall through to a wider
 * template. None of this is settled for REST APIs by AWS's documents; falling through is the reading that a
 * policy has to survive. An empty segment matches neither a literal nor a parameter.
 */
export function routeMatcher<T>(
  routes: readonly Route<T>[],
): (method: string, rawPath: string) => RouteMatch<T> | undefined {
  const compiled = routes.map((route) => ({ ...route, segments: segmentsOf(route.template) }));
  compiled.sort(bySpecificity);
  return (method, rawPath) => {
    const words = rawPath === '/' ? [] : rawPath.slice(1).split('/');
    for (const route of compiled) {
      if (route.method !== 'ANY' && route.method !== method) continue;
      const pathParameters = match(route.segments, words);
      if (pathParameters !== undefined) return { target: route.target, pathParameters };
    }
    return undefined;
  };
}

function segmentsOf(template: string): readonly Segment[] {
  if (template === '/') return [];
  return template
    .slice(1)
    .split('/')
    .map((segment) => {
      const [, name, plus] = /^\{([^}+]+)(\+?)\}$/.exec(segment) ?? [];
      if (name === undefined) return { kind: 'literal', text: segment };
      return { kind: plus === '+' ? 'greedy' : 'parameter', name };
    });
}

function bySpecificity<T>(left: CompiledRoute<T>, right: CompiledRoute<T>): number {
  const length = Math.max(left.segments.length, right.segments.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rankAt(left, index) - rankAt(right, index);
    if (difference !== 0) return difference;
  }
  return Number(left.method === 'ANY') - Number(right.method === 'ANY');
}

function rankAt<T>({ segments }: CompiledRoute<T>, index: number): number {
  const segment = segments[index];
  return segment === undefined ? -1 : ranks[segment.kind];
}

function match(
  segments: readonly Segment[],
  words: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const parameters: [string, string][] = [];
  for (const [index, segment] of segments.entries()) {
    const word = words[index];
    if (segment.kind === 'greedy') {
      const rest = words.slice(index).join('/');
      if (rest === '') return undefined;
      parameters.push([segment.name, decoded(rest)]);
      return Object.fromEntries(parameters);
    }
    if (word === undefined || word === '') return undefined;
    if (segment.kind === 'parameter') parameters.push([segment.name, decoded(word)]);
    else if (segment.kind === 'literal' && decoded(word) !== segment.text) return undefined;
  }
  return words.length === segments.length ? Object.fromEntries(parameters) : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
