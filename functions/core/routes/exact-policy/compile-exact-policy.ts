import { type RequestKind, requestKinds } from './request-kinds.ts';
import { globOf, parseRouteTemplate, type RouteTemplate } from './route-template.ts';
import { uncertainSpellings } from './uncertain-spellings.ts';

/** A route as the cached authorizer of a REST API sees it. */
export interface ExactRoute {
  /** `GET /orders/{id}`, `ANY /files/{rest+}` */
  readonly key: string;
  /** Has no authorizer: takes part in the selection of routes, and no policy is ever asked about it. */
  readonly isOpen: boolean;
  /** Has another authorizer: takes part in the selection of routes, and the cached answer refuses it. */
  readonly isElsewhere: boolean;
  /** The caller needs one alternative of every clause. */
  readonly clauses: readonly (readonly string[])[];
}

/** A table as plain data, for the bundle. Routes keep their places. */
export interface CompiledPolicy {
  readonly routes: readonly CompiledRoute[];
  /**
   * The kinds of requests that a policy decides: first the route that may serve them, then the other routes whose globs
   * match them. The glob of the first always does.
   */
  readonly classes: readonly (readonly [winner: number, ...others: number[]])[];
  /** Globs that every answer denies. */
  readonly alwaysDenied: readonly string[];
}

export interface CompiledRoute {
  readonly key: string;
  /** What follows the ARN of the stage: `GET/orders/*`. */
  readonly glob: string;
  readonly isOpen?: true;
  readonly isElsewhere?: true;
}

/** A caller may use `granted` and `alsoGranted`, perhaps one route, and not `refused`: no policy can say that. */
export interface Collision {
  readonly granted: string;
  readonly refused: string;
  readonly alsoGranted: string;
}

/** A part of `refused` may be refused to whoever has `granted` only because nothing allows it. */
export interface SilentRefusal {
  readonly refused: string;
  readonly granted: string;
}

/** The routes overlap in more ways than anybody should wait for. The cache then needs the route in its key. */
export class RouteTableTooLarge extends Error {
  override readonly name = 'RouteTableTooLarge';

  constructor(statesMax: number) {
    super(`the routes overlap in more than ${statesMax} ways: cache their decisions by route`);
  }
}

/** Bytes that a policy may have: API Gateway takes answers of 8 KB; 0.5 KB stay free, 2 KB are for the context. */
export const policyBytesMax = 5_632;

/** Characters that API Gateway takes in one `Resource`. */
export const arnCharactersMax = 512;

const statesMax = 200_000;

/** Compiles a table. Throws with the key of a route that is none, `UnnameableRoute` and `RouteTableTooLarge`. */
export function compileExactPolicy(routes: readonly ExactRoute[]): CompiledPolicy {
  const templates = templatesOf(routes);
  const asked = new Set([...routes.keys()].filter((id) => routes[id]?.isOpen === false));
  const classes = new Map<string, readonly [number, ...number[]]>();
  for (const { winners, globs } of countedKinds(templates)) {
    for (const winner of winners.filter((id) => asked.has(id))) {
      const others = globs.filter((id) => id !== winner && asked.has(id));
      classes.set([winner, ...others].join(), [winner, ...others]);
    }
  }
  return {
    routes: routes.map(({ key, isOpen, isElsewhere }) => ({
      ...{ key, glob: globOf(parseRouteTemplate(key)) },
      ...(isOpen ? { isOpen } : {}),
      ...(isElsewhere ? { isElsewhere } : {}),
    })),
    classes: [...classes.values()],
    alwaysDenied: uncertainSpellings(templates, (granted, refused) =>
      canDiffer(routes[granted], routes[refused]),
    ),
  };
}

/**
 * What no policy can say: a granted glob reaches a refused route, whose own glob, denied, reaches a granted one. Only
 * what a caller can hold without the refused route counts. A table without a collision is exact for every caller.
 */
export function findCollisions(
  routes: readonly ExactRoute[],
  compiled: CompiledPolicy,
): readonly Collision[] {
  const { above, below } = reachOf(compiled);
  const collisions: Collision[] = [];
  for (const [id, refused] of routes.entries()) {
    for (const granted of routesAt(routes, above[id])) {
      for (const alsoGranted of routesAt(routes, below[id])) {
        if (!canBeHeldWithout(refused, [granted, alsoGranted])) continue;
        collisions.push({
          ...{ granted: granted.key, refused: refused.key, alsoGranted: alsoGranted.key },
        });
      }
    }
  }
  return collisions;
}

/** A collision and its remedies, in a sentence. */
export function collisionText({ granted, refused, alsoGranted }: Collision): string {
  const isOne = granted === alsoGranted;
  const held = isOne ? granted : `${granted} and ${alsoGranted}`;
  return (
    `no policy can allow ${held} and refuse ${refused}: the pattern of ${granted} matches requests of ${refused}, ` +
    `and that of ${refused} requests of ${alsoGranted}. Let whoever may use ${held} use ${refused} as well, ` +
    'rename a path, or cache the decisions by route'
  );
}

/**
 * Two routes of which a caller may have one and not the other; `undefined` where all callers have all routes or none. The
 * refusal is then explicit for every request whose ARN is known, and silent for some spelling of it. Safe, unless the API
 * has a resource policy with an Allow statement, which speaks where the authorizer is silent.
 */
export function findSilentRefusal(routes: readonly ExactRoute[]): SilentRefusal | undefined {
  for (const refused of routes) {
    const granted = routes.find((route) => canDiffer(route, refused));
    if (granted !== undefined) return { refused: refused.key, granted: granted.key };
  }
  return undefined;
}

/** Routes of which nobody can say who serves a request that all of them match. Policies are right for each of them. */
export function findAmbiguities(routes: readonly ExactRoute[]): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  for (const { winners } of countedKinds(templatesOf(routes))) {
    if (winners.length < 2) continue;
    const keys = routes.filter((_, id) => winners.includes(id)).map(({ key }) => key);
    found.set(keys.join(), keys);
  }
  return [...found.values()];
}

/** Bytes of the largest policy that any caller can get: every route listed once, and what is always denied. */
export function largestPolicyBytes(compiled: CompiledPolicy, stageArnLength: number): number {
  const frame = 200;
  const quotesAndComma = 3;
  return globsOf(compiled).reduce(
    (sum, glob) => sum + stageArnLength + 1 + glob.length + quotesAndComma,
    frame,
  );
}

/** Characters of the longest `Resource` that any caller can get. */
export function longestArn(compiled: CompiledPolicy, stageArnLength: number): number {
  return Math.max(...globsOf(compiled).map((glob) => stageArnLength + 1 + glob.length));
}

function templatesOf(routes: readonly ExactRoute[]): readonly RouteTemplate[] {
  const keys = new Set<string>();
  return routes.map(({ key }) => {
    if (keys.has(key)) throw new Error(`route "${key}": is in the table twice`);
    keys.add(key);
    return parseRouteTemplate(key);
  });
}

function* countedKinds(templates: readonly RouteTemplate[]): Generator<RequestKind, undefined> {
  let states = 0;
  for (const kind of requestKinds(templates)) {
    states += 1;
    if (states > statesMax) throw new RouteTableTooLarge(statesMax);
    yield kind;
  }
}

/** Per route: the routes whose globs match requests of it, and the routes whose requests its glob matches. */
function reachOf({ routes, classes }: CompiledPolicy): {
  readonly above: readonly ReadonlySet<number>[];
  readonly below: readonly ReadonlySet<number>[];
} {
  const above = routes.map(() => new Set<number>());
  const below = routes.map(() => new Set<number>());
  for (const [winner, ...others] of classes) {
    for (const other of others) {
      above[winner]?.add(other);
      below[other]?.add(winner);
    }
  }
  return { above, below };
}

/** The routes with these numbers that the cached answer may grant. */
function routesAt(
  routes: readonly ExactRoute[],
  ids: ReadonlySet<number> = new Set(),
): readonly ExactRoute[] {
  return routes.filter(({ isElsewhere }, id) => ids.has(id) && !isElsewhere);
}

/** May an answer grant one route to a caller and refuse the other? */
function canDiffer(granted: ExactRoute | undefined, refused: ExactRoute | undefined): boolean {
  if (granted === undefined || refused === undefined) return false;
  if (granted.isOpen || granted.isElsewhere || refused.isOpen) return false;
  return canBeHeldWithout(refused, [granted]);
}

/**
 * Can anybody hold all that `held` demands and still lack `refused`? Alternatives count as independent of one another,
 * so the answer may be a yes that no real caller lives up to, and never a wrong no.
 */
function canBeHeldWithout(refused: ExactRoute, held: readonly ExactRoute[]): boolean {
  const met = held.flatMap(({ clauses }) => clauses);
  if (met.some((clause) => clause.length === 0)) return false;
  if (refused.isElsewhere) return true;
  return !refused.clauses.every((clause) =>
    met.some((known) => known.every((alternative) => clause.includes(alternative))),
  );
}

function globsOf({ routes, alwaysDenied }: CompiledPolicy): readonly string[] {
  return [...routes.filter(({ isOpen }) => !isOpen).map(({ glob }) => glob), ...alwaysDenied];
}
