/** Faults of AWS that a test asks for. */

export type Fault =
  /** The answer comes later, by this much and at random up to the jitter more. */
  | {
      readonly kind: 'latency';
      readonly milliseconds: number;
      readonly jitterMilliseconds?: number;
    }
  /** The call arrives late: `by` is told of it, and it goes on when what that promises has come. */
  | { readonly kind: 'held'; readonly by: () => Promise<unknown> }
  /** No answer, until the caller gives up. `after` it took effect, the commit is ambiguous. */
  | { readonly kind: 'hang'; readonly when: 'before' | 'after' }
  | { readonly kind: 'error'; readonly when: 'before' | 'after'; readonly status: 500 | 503 }
  /** The connection is reset. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** Refused for too many requests, without effect. */
  | { readonly kind: 'throttle' }
  | { readonly kind: 'access-denied' }
  /** It took effect, and half of the answer arrives before the connection ends. */
  | { readonly kind: 'truncate' }
  /** It took effect, and the answer is 200 with something that is not JSON. */
  | { readonly kind: 'garbage' };

export interface FaultRule {
  /** `dynamodb:GetItem`, `secretsmanager:GetSecretValue`, `lambda:InvokeFunction`; a text must be equal. */
  readonly operation: string | RegExp;
  /** What the body must contain. */
  readonly body?: RegExp;
  /** Logical id of the calling function. */
  readonly caller?: string;
  /** Only the nth matching call, counted from 1. */
  readonly nth?: number;
  /** Only each nth matching call. */
  readonly every?: number;
  /** Chance of each matching call, 0 to 1. */
  readonly probability?: number;
  /** At most so many faults. */
  readonly times?: number;
  readonly fault: Fault;
}

interface FaultCandidate {
  readonly operation: string;
  readonly body: string;
  readonly caller: string | undefined;
}

export interface FaultPlan {
  /** @returns takes the rule back */
  inject(rule: FaultRule): () => void;
  /** What happens to this call: all that delay it, and the first other fault, in the order of injection. */
  faultsFor(call: FaultCandidate): readonly Fault[];
}

export function faultPlan(): FaultPlan {
  const rules: { readonly rule: FaultRule; seen: number; fired: number }[] = [];
  return {
    inject(rule) {
      const entry = { rule, seen: 0, fired: 0 };
      rules.push(entry);
      return () => {
        const at = rules.indexOf(entry);
        if (at !== -1) rules.splice(at, 1);
      };
    },
    faultsFor(call) {
      const faults: Fault[] = [];
      for (const entry of rules) {
        const { rule } = entry;
        if (!matches(rule, call)) continue;
        entry.seen += 1;
        if (entry.fired >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
        if (rule.nth !== undefined && entry.seen !== rule.nth) continue;
        if (rule.every !== undefined && entry.seen % rule.every !== 0) continue;
        if (rule.probability !== undefined && Math.random() >= rule.probability) continue;
        entry.fired += 1;
        faults.push(rule.fault);
        if (!isDelay(rule.fault)) break;
      }
      return faults;
    },
  };
}

/** After it the call takes its course. */
export function isDelay({ kind }: Fault): boolean {
  return kind === 'latency' || kind === 'held';
}

function matches({ operation, body, caller }: FaultRule, call: FaultCandidate): boolean {
  const isOperation =
    typeof operation === 'string' ? operation === call.operation : operation.test(call.operation);
  return (
    isOperation &&
    (body === undefined || body.test(call.body)) &&
    (caller === undefined || caller === call.caller)
  );
}
