/** A policy that an authorizer returned, checked. */
export interface AuthorizerPolicy {
  readonly statements: readonly AuthorizerStatement[];
}

interface AuthorizerStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

export type PolicyVerdict = 'allow' | 'explicit-deny' | 'implicit-deny';

/** One `Resource` string of an answer. */
const resourceCharactersMax = 512;

/**
 * Reads a policy document. `undefined` for anything that is not one; so is a statement with `Condition`, `NotAction` or
 * `NotResource`, of which nobody has seen what API Gateway does with them.
 */
export function parsePolicy(document: unknown): AuthorizerPolicy | undefined {
  if (!isObject(document) || !Array.isArray(document.Statement)) return undefined;
  const statements: AuthorizerStatement[] = [];
  for (const statement of document.Statement as unknown[]) {
    if (!isObject(statement)) return undefined;
    const unknown = Object.keys(statement).filter((name) => !statementMembers.has(name));
    const { Effect } = statement;
    const actions = texts(statement.Action);
    const resources = texts(statement.Resource);
    if (unknown.length > 0 || (Effect !== 'Allow' && Effect !== 'Deny')) return undefined;
    if (actions === undefined || resources === undefined) return undefined;
    if (resources.some((resource) => resource.length > resourceCharactersMax)) return undefined;
    statements.push({ effect: Effect, actions, resources });
  }
  return { statements };
}

const statementMembers: ReadonlySet<string> = new Set(['Sid', 'Effect', 'Action', 'Resource']);

/** What a policy says of one request. A matching Deny decides, then a matching Allow. */
export function evaluatePolicy(policy: AuthorizerPolicy, methodArn: string): PolicyVerdict {
  const matching = policy.statements.filter(
    ({ actions, resources }) =>
      actions.some((action) => matchesGlob(action.toLowerCase(), 'execute-api:invoke')) &&
      resources.some((resource) => matchesGlob(resource, methodArn)),
  );
  if (matching.some(({ effect }) => effect === 'Deny')) return 'explicit-deny';
  return matching.length > 0 ? 'allow' : 'implicit-deny';
}

/**
 * IAM's globs over a whole string: `*` takes any characters, slashes and colons included, `?` exactly one. Steps back
 * only to the last `*`, so that no pattern is expensive.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let afterStar = 0;
  while (at < text.length) {
    const symbol = pattern[inPattern];
    if (symbol === '*') {
      star = inPattern;
      afterStar = at;
      inPattern += 1;
    } else if (symbol !== undefined && (symbol === '?' || symbol === text[at])) {
      inPattern += 1;
      at += 1;
    } else if (star !== -1) {
      inPattern = star + 1;
      afterStar += 1;
      at = afterStar;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}

function texts(value: unknown): readonly string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every((item) => typeof item === 'string') ? list : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
