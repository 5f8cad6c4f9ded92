import type { AccessDecided } from '../../functions/core/audit.ts';

/** The decisions that hosted functions write down, in the order in which their lines arrive. */
export interface DecisionLog {
  readonly decisions: readonly AccessDecided[];
  /** For `functionLog` of a host. */
  readonly take: (line: string) => void;
}

export function decisionLog(): DecisionLog {
  const decisions: AccessDecided[] = [];
  return {
    decisions,
    take(line) {
      if (!line.startsWith('{')) return;
      const event = JSON.parse(line) as { readonly event?: unknown };
      if (event.event === 'access_decided') decisions.push(event as unknown as AccessDecided);
    },
  };
}
