import type { Bound, Judged } from '../measure/breaches.ts';
import type { CountBudget } from './budgets.ts';
import type { Counts } from './counter.ts';

/** What was counted of a case. */
export interface Figures extends Counts {
  /** Absent where nobody could observe them, or it would take too long. */
  readonly instructions?: number;
}

/** The counts of a case beside its budget. Instructions are judged where they were counted. */
export function judged(name: string, counts: Figures, budget: CountBudget): Judged {
  const raise = 'or raise the budget in bench/counts/budgets.ts and say in the commit what for.';
  const bound = (what: string, figure: number, max: number, cure: string): Bound => ({
    ...{ of: `${name}, ${what}`, figure, max, cure: `${cure}, ${raise}` },
  });
  const exact = (what: string, figure: number, max: number, cure: string): Bound => ({
    ...bound(what, figure, max, cure),
    isExact: true,
  });
  const functions = new Set([...Object.keys(counts.crypto), ...Object.keys(budget.crypto)]);
  const { instructions = budget.instructions } = counts;
  return {
    listings: [],
    bounds: [
      {
        ...exact('calls of a store', counts.storeCalls, 0, ''),
        cure: 'A warm operation asks no store: keep what it reads, or what it writes, in memory for a while.',
      },
      ...[...functions].map((one) =>
        exact(
          `calls of crypto.${one}`,
          counts.crypto[one] ?? 0,
          budget.crypto[one] ?? 0,
          'Do it once and hand on what came of it',
        ),
      ),
      bound(
        'bytes of heap',
        counts.heapBytes,
        budget.heapBytes,
        'See with `npm run bench:counts -- --sites` where they come from',
      ),
      bound(
        'calls of functions',
        counts.functions,
        budget.functions,
        'Look for work that is done for each request and could be done once',
      ),
      bound(
        'characters of code run',
        counts.code,
        budget.code,
        'Look for loops and for work that is done for each request and could be done once',
      ),
      bound(
        'bytes of log',
        counts.logBytes,
        budget.logBytes,
        'Every byte is paid for at each request; leave out what can be told from the rest',
      ),
      ...(budget.instructions === undefined || instructions === undefined
        ? []
        : [
            bound(
              'instructions',
              instructions,
              budget.instructions,
              'Where bytes and calls have not grown it is what Node does for us: look at what it is asked for',
            ),
          ]),
    ],
  };
}
