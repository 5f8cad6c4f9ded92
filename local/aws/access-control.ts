import type { FunctionSpec, Log, PolicyStatement } from '../contracts.ts';
import type { AccessKey } from '../iam/access-keys.ts';
import { type AccessRequest, type CompiledPolicies, compilePolicies } from '../iam/policy.ts';

interface RefusedCall {
  readonly logicalId: string;
  readonly action: string;
  readonly resource: string;
}

interface UnusedStatement {
  readonly logicalId: string;
  readonly statement: PolicyStatement;
}

export interface AccessReport {
  /** In the order of the calls, each as often as it happened. */
  readonly refused: readonly RefusedCall[];
  /** Statements that no call ever matched. */
  readonly unused: readonly UnusedStatement[];
}

/**
 * Whether whoever signed a request may do something: what the role of a hosted function allows, everything for anybody
 * else. Signatures themselves are not checked.
 */
export type SignedAccess = (
  authorization: string | undefined,
  needed: AccessRequest,
) => 'allowed' | 'denied' | 'unsigned';

/** Decides what hosted functions may do, and remembers what they did. */
export interface AccessControl {
  /** @throws for a statement that is not understood */
  add(functions: readonly FunctionSpec[], accessKeyFor: (spec: FunctionSpec) => AccessKey): void;
  /** Logical id of the function that an access key belongs to. Everybody else is the operator, who may do all. */
  callerOf(accessKeyId: string): string | undefined;
  /** The first need that the function's role does not cover. */
  refusal(logicalId: string, needed: readonly AccessRequest[]): AccessRequest | undefined;
  report(): AccessReport;
}

export function accessControl(log: Log): AccessControl {
  const callers = new Map<string, string>();
  const roles = new Map<string, CompiledPolicies>();
  const used = new Set<PolicyStatement>();
  const refused: RefusedCall[] = [];
  return {
    add(functions, accessKeyFor) {
      for (const spec of functions) {
        roles.set(spec.logicalId, compileRole(spec));
        callers.set(accessKeyFor(spec).accessKeyId, spec.logicalId);
      }
    },
    callerOf: (accessKeyId) => callers.get(accessKeyId),
    refusal(logicalId, needed) {
      for (const need of needed) {
        const decision = roles.get(logicalId)?.decide(need);
        for (const statement of decision?.matched ?? []) used.add(statement);
        if (decision?.allowed === true) continue;
        refused.push({ logicalId, action: need.action, resource: need.resource });
        log(`access denied: ${logicalId} may not ${need.action} on ${need.resource}`);
        return need;
      }
      return undefined;
    },
    report: () => ({
      refused: [...refused],
      unused: [...roles].flatMap(([logicalId, { statements }]) =>
        statements
          .filter((statement) => !used.has(statement))
          .map((statement) => ({ logicalId, statement })),
      ),
    }),
  };
}

function compileRole({ logicalId, policies }: FunctionSpec): CompiledPolicies {
  try {
    // Copies, so that a statement shared by two roles is told apart in the report.
    return compilePolicies(structuredClone(policies));
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`role of ${logicalId}: ${text}`, { cause });
  }
}
