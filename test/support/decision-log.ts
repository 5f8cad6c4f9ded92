import type { AccessDecided } from '../../functions/core/audit.ts';

/** The decisions that hosted functions write down. */
export interface DecisionLog {
  /** In the order in which their lines arrived. */
  readonly decisions: readonly AccessDecided[];
  /** The decision about a request. The line of a function arrives after its answer, so this may have to wait. */
  decided(requestId: string): Promise<AccessDecided>;
  /** For `functionLog` of a host. */
  readonly take: (line: string) => void;
}

export function decisionLog(): DecisionLog {
  const decisions: AccessDecided[] = [];
  const waiting = new Map<string, (decision: AccessDecided) => void>();
  return {
    decisions,
    decided(requestId) {
      const known = decisions.find((one) => one.requestId === requestId);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => waiting.set(requestId, resolve));
    },
    take(line) {
      if (!line.startsWith('{')) return;
      const event = JSON.parse(line) as { readonly event?: unknown };
      if (event.event !== 'access_decided') return;
      const decision = event as unknown as AccessDecided;
      decisions.push(decision);
      waiting.get(decision.requestId)?.(decision);
    },
  };
}
