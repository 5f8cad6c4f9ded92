import { addressRanges } from './address-range.ts';
import { matchesGlob, type PolicyVerdict } from './policy-evaluation.ts';

/** The resource policy of a REST API, checked: every statement is about anybody who invokes. */
export interface ResourcePolicySpec {
  readonly statements: readonly ResourceStatementSpec[];
}

export interface ResourceStatementSpec {
  readonly effect: 'Allow' | 'Deny';
  /** Whole ARNs with globs; a `*` takes colons and slashes as well. */
  readonly resources: readonly string[];
  /** All of them must hold. */
  readonly conditions: readonly SourceIpCondition[];
}

/** `IpAddress` or, negated, `NotIpAddress` of `aws:SourceIp`. */
export interface SourceIpCondition {
  readonly isNegated: boolean;
  readonly ranges: readonly string[];
}

/** What a resource policy says of one request. A matching Deny decides, then a matching Allow. */
export function resourcePolicy({
  statements,
}: ResourcePolicySpec): (request: {
  readonly methodArn: string;
  readonly sourceIp: string;
}) => PolicyVerdict {
  const compiled = statements.map(({ effect, resources, conditions }) => ({
    effect,
    resources,
    conditions: conditions.map(compileCondition),
  }));
  return ({ methodArn, sourceIp }) => {
    const effects = compiled
      .filter(
        ({ resources, conditions }) =>
          resources.some((resource) => matchesGlob(resource, methodArn)) &&
          conditions.every((holds) => holds(sourceIp)),
      )
      .map(({ effect }) => effect);
    if (effects.includes('Deny')) return 'explicit-deny';
    return effects.includes('Allow') ? 'allow' : 'implicit-deny';
  };
}

function compileCondition({ isNegated, ranges }: SourceIpCondition): (sourceIp: string) => boolean {
  const isInside = addressRanges(ranges);
  if (typeof isInside === 'string') throw new Error(`${isInside} is no address range`);
  return (sourceIp) => isInside(sourceIp) !== isNegated;
}
