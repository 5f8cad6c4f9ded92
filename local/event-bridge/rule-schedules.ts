import { randomUUID } from 'node:crypto';
import type { FunctionHost, Log } from '../contracts.ts';
import { problemOf } from '../lambda/invocation.ts';
import type { ScheduledRuleSpec } from '../template/scheduled-rules.ts';

/** The scheduled rules of EventBridge: each invokes its functions once a period, the first time one period from now. */
export interface RuleSchedules {
  /** Fires every rule at once, whatever its rhythm. Settles when all functions have run; a failure is logged. */
  fire(): Promise<void>;
  stop(): void;
}

export interface RuleSchedulesOptions {
  readonly rules: readonly ScheduledRuleSpec[];
  readonly functions: Pick<FunctionHost, 'invoke'>;
  readonly region: string;
  readonly accountId: string;
  readonly log: Log;
}

/** One clock for all rules: a timer of its own could not wait for longer than 24 days. */
const tickMilliseconds = 1_000;

export function ruleSchedules(options: RuleSchedulesOptions): RuleSchedules {
  const { rules, functions, region, accountId, log } = options;
  const startMilliseconds = Date.now();
  const due = new Map(
    rules.map((rule) => [rule, startMilliseconds + rule.periodSeconds * 1_000] as const),
  );
  const timer = setInterval(() => {
    const now = Date.now();
    for (const [rule, dueMilliseconds] of due) {
      if (dueMilliseconds > now) continue;
      // What a sleeping machine missed is not made up for.
      const period = rule.periodSeconds * 1_000;
      const passed = Math.floor((now - dueMilliseconds) / period) + 1;
      due.set(rule, dueMilliseconds + passed * period);
      void run(rule);
    }
  }, tickMilliseconds);
  timer.unref();
  return {
    async fire() {
      await Promise.all(rules.map(run));
    },
    stop: () => clearInterval(timer),
  };

  /** Waits for no earlier run: on AWS as well, two of one rule may overlap. Never rejects. */
  async function run({ logicalId, arn, targets }: ScheduledRuleSpec): Promise<void> {
    const event = JSON.stringify({
      ...{ version: '0', id: randomUUID(), 'detail-type': 'Scheduled Event', source: 'aws.events' },
      account: accountId,
      time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      ...{ region, resources: [arn], detail: {} },
    });
    const invoker = { service: 'events.amazonaws.com', sourceArn: arn, sourceAccount: accountId };
    await Promise.all(
      targets.map(async ({ functionArn, input = event }) => {
        const problem = await functions
          .invoke(functionArn, input, invoker)
          .then(problemOf, (error: Error) => error.message);
        if (problem !== undefined) log(`the rule ${logicalId} for ${functionArn}: ${problem}`);
      }),
    );
  }
}
