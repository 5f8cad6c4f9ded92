import type { PolicyDocument, PolicyStatement } from '../contracts.ts';
import { compileCondition, type RequestContext } from './condition.ts';
import { wildcard } from './wildcard.ts';

/** One thing that a caller wants to do to one resource. */
export interface AccessRequest {
  /** `dynamodb:GetItem` */
  readonly action: string;
  /** An ARN, or `*` for actions that have no resource. */
  readonly resource: string;
  readonly context: RequestContext;
}

interface AccessDecision {
  readonly allowed: boolean;
  /** All statements that matched, as the policy documents state them. Explains the decision. */
  readonly matched: readonly PolicyStatement[];
}

/** The policies of one role, ready to be asked. */
export interface CompiledPolicies {
  readonly statements: readonly PolicyStatement[];
  decide(request: AccessRequest): AccessDecision;
}

/**
 * Compiles the identity policies of a role. A matching `Deny` decides, then a matching `Allow`; nothing is allowed
 * that no statement allows.
 * @throws for anything in a statement that is not understood, naming the statement
 */
export function compilePolicies(documents: readonly PolicyDocument[]): CompiledPolicies {
  const compiled = documents
    .flatMap((document) => document.Statement)
    .map((statement) => ({ statement, matches: compileStatement(statement) }));
  return {
    statements: compiled.map(({ statement }) => statement),
    decide(request) {
      const matched = compiled
        .filter(({ matches }) => matches(request))
        .map(({ statement }) => statement);
      const allowed = matched.length > 0 && matched.every(({ Effect }) => Effect === 'Allow');
      return { allowed, matched };
    },
  };
}

const members: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

function compileStatement(statement: PolicyStatement): (request: AccessRequest) => boolean {
  try {
    const unknown = Object.keys(statement).filter((member) => !members.has(member));
    if (unknown.length > 0) throw new Error(`unknown member: ${unknown.join(', ')}`);
    if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
      throw new Error(`unknown effect: ${String(statement.Effect)}`);
    }
    const action = eitherOr(statement.Action, statement.NotAction, 'Action', true);
    const resource = eitherOr(statement.Resource, statement.NotResource, 'Resource', false);
    const condition = compileCondition(statement.Condition ?? {});
    return (request) =>
      action(request.action) && resource(request.resource) && condition(request.context);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`policy statement ${JSON.stringify(statement)}: ${text}`, { cause });
  }
}

function eitherOr(
  positive: string | readonly string[] | undefined,
  negative: string | readonly string[] | undefined,
  name: string,
  ignoreCase: boolean,
): (text: string) => boolean {
  if ((positive === undefined) === (negative === undefined)) {
    throw new Error(`exactly one of ${name} and Not${name} is needed`);
  }
  const listed = [positive ?? negative ?? []].flat();
  const matchers = listed.map((pattern) => wildcard(pattern, ignoreCase));
  const matchesAny = (text: string) => matchers.some((matches) => matches(text));
  return positive === undefined ? (text) => !matchesAny(text) : matchesAny;
}
