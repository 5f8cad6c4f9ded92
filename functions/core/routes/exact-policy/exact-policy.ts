import type { CompiledPolicy } from './compile-exact-policy.ts';

/** The `Resource` lists of a policy. An empty one stands for no statement at all. */
export interface PolicyResources {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** `isExact`: allows a request of the API if and only if its route is granted, whichever request that is. */
export type ExactAnswer =
  | ({ readonly isExact: true } & PolicyResources)
  | { readonly isExact: false };

/**
 * Makes policies that are right for every request of an API, so that a gateway may cache one under the credential alone.
 *
 * What is granted is allowed; what is refused is denied, unless its glob would take something granted along and nothing
 * that is allowed reaches it. Each answer is then decided class by class as IAM would, and is exact only if every class
 * comes out right. Whatever in `granted` has no authorizer, or another one, is not granted.
 */
export function exactPolicy(
  compiled: CompiledPolicy,
): (granted: ReadonlySet<number>, stageArn: string) => ExactAnswer {
  const { routes, classes, alwaysDenied } = compiled;
  const asked = [...routes.keys()].filter((id) => !routes[id]?.isOpen);
  const grantable = asked.filter((id) => !routes[id]?.isElsewhere);
  const classesOf = routes.map((_, id) => classes.filter((globs) => globs.includes(id)));

  return (granted, stageArn) => {
    const wanted = new Set(grantable.filter((id) => granted.has(id)));
    if (wanted.size === 0) return { isExact: true, allow: [], deny: [`${stageArn}/*`] };

    const reachesWanted = new Set<number>();
    const isReached = new Set<number>();
    for (const globs of classes) {
      const [winner] = globs;
      if (wanted.has(winner)) for (const id of globs) reachesWanted.add(id);
      else if (meets(globs, wanted)) isReached.add(winner);
    }
    const unwanted = asked.filter(
      (id) => !wanted.has(id) && (isReached.has(id) || !reachesWanted.has(id)),
    );
    const allowed = withoutCovered(wanted);
    const denied = withoutCovered(unwanted);

    const isExact = classes.every(
      (globs) => (meets(globs, allowed) && !meets(globs, denied)) === wanted.has(globs[0]),
    );
    if (!isExact) return { isExact };
    const arnOf = (glob: string) => `${stageArn}/${glob}`;
    const arnsOf = (ids: ReadonlySet<number>) =>
      routes.filter((_, id) => ids.has(id)).map(({ glob }) => arnOf(glob));
    return {
      isExact,
      allow: arnsOf(allowed),
      deny: [...arnsOf(denied), ...alwaysDenied.map(arnOf)],
    };
  };

  /** Leaves out what the rest of the list matches anyway. */
  function withoutCovered(ids: Iterable<number>): ReadonlySet<number> {
    const kept = new Set(ids);
    for (const id of [...kept]) {
      kept.delete(id);
      if (classesOf[id]?.some((globs) => !meets(globs, kept))) kept.add(id);
    }
    return kept;
  }
}

function meets(globs: readonly number[], ids: ReadonlySet<number>): boolean {
  return globs.some((id) => ids.has(id));
}
