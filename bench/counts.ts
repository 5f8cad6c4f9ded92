/**
 * What one warm decision, and one token, costs in counts that are the same at every run: `npm run bench:counts`. The bundles
 * run as they are deployed, but with nothing optimized away, so bytes and instructions are more than at work; they tell
 * changes, not speeds. `--check` fails above a budget and far below. `--budgets` prints the figures as a table of budgets.
 *
 * `--json` prints all of it. In the environment: `ONLY`, a part of the names.
 */
import { join } from 'node:path';
import { inspect } from 'node:util';
import { bundleAll } from '../infra/bundle.ts';
import { budgets, slack } from './counts/budgets.ts';
import { type Case, cases, observedCases } from './counts/cases.ts';
import type { Counted, CounterInput, Counts } from './counts/counter.ts';
import {
  agreedObserver,
  observation,
  observedEnvironment,
  observer,
} from './counts/instructions.ts';
import { judged } from './counts/judged.ts';
import { type Mode, operationsOf } from './counts/plan.ts';
import { otherNode } from './measure/agreed-node.ts';
import { type Alone, alone } from './measure/alone.ts';
import { agreeable, breaches, unmatched } from './measure/breaches.ts';
import { isWanted } from './measure/here.ts';
import { publish, rounded } from './measure/report.ts';
import { type Service, service } from './measure/service.ts';

const isCheck: boolean = process.argv.includes('--check');

/** Nothing is optimized, nothing goes on beside, no garbage is collected: what is counted depends on the code alone. */
const flags = [
  ...['--no-opt', '--no-maglev', '--no-sparkplug', '--no-lazy-feedback-allocation'],
  ...['--single-threaded', '--hash-seed=1', '--random-seed=1'],
  ...['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'],
];

async function main(): Promise<void> {
  await bundleAll();
  const world = await service();
  const counter = await alone<Counted>(join(import.meta.dirname, 'counts', 'counter.ts'));
  const all = cases(world).filter(isWanted);
  const found: string[] = [];
  const [counted, instructions] = await Promise.all([
    countsOf(world, counter, all),
    instructionsOf(world, counter, all).catch(
      (cause: unknown): Readonly<Record<string, number>> => {
        // The others tell more of what is wrong.
        found.push(`instructions could not be counted: ${cause}`);
        return {};
      },
    ),
  ]);
  counter.stop();
  world.stop();
  const figures = Object.entries(counted).map(([name, counts]) => ({
    name,
    counts: { ...counts, ...(instructions[name] && { instructions: instructions[name] }) },
  }));
  for (const { name, counts } of figures) {
    const budget = budgets[name];
    if (budget !== undefined) found.push(...breaches(judged(name, counts, budget), slack));
  }
  const agreed = Object.keys(budgets).filter((name) => isWanted({ name }));
  found.push(
    ...unmatched(
      all.map(({ name }) => name),
      agreed,
      'bench/counts/budgets.ts',
    ),
  );
  publish({
    suite: 'counts',
    tables: [{ title: 'Of one warm operation', rows: figures.map(row) }],
  });
  if (process.argv.includes('--budgets')) figures.forEach(printBudget);
  for (const breach of found) process.stderr.write(`over budget: ${breach}\n`);
  if (observer() !== agreedObserver) process.stderr.write(unobserved());
  if (found.length > 0) process.stderr.write(otherNode());
  process.stderr.write(`${figures.length} cases, ${found.length} breaches\n`);
  if (isCheck && found.length > 0) process.exitCode = 1;
}

async function countsOf(
  world: Service,
  counter: Alone<Counted>,
  all: readonly Case[],
): Promise<Counted> {
  const { figures } = await counter.run({
    ...{ input: input(world, all, 'counts'), env: environmentOf(world), flags },
  });
  return figures;
}

/** Of the cases for which that is not too slow, where there is an observer; else of none. */
async function instructionsOf(
  world: Service,
  counter: Alone<Counted>,
  all: readonly Case[],
): Promise<Readonly<Record<string, number>>> {
  const observed = all
    .filter(({ name }) => observedCases.has(name))
    .map((one) => ({ ...one, events: one.events.slice(0, operationsOf('instructions')) }));
  if (observer() === undefined || observed.length === 0) return {};
  const { under, instructions, stop } = observation();
  const env = { ...environmentOf(world), ...observedEnvironment };
  await counter.run({ input: input(world, observed, 'instructions'), env, flags, under });
  const found = instructions(observed.map(({ name }) => name));
  stop();
  // What another observer sees is another matter.
  return isCheck && observer() !== agreedObserver ? {} : found;
}

function input(world: Service, all: readonly Case[], mode: Mode): CounterInput {
  const files = new Map<string, string>();
  for (const { bundle } of all) files.set(bundle, files.get(bundle) ?? world.fileOf(bundle));
  return {
    mode,
    cases: all.map(({ bundle, ...one }) => ({ ...one, file: files.get(bundle) ?? '' })),
  };
}

/** Of all functions in one; the log is read as seldom as may be, so that it falls into few slices. */
function environmentOf(world: Service): Readonly<Record<string, string>> {
  return {
    ...{ ...world.environmentOf('token'), ...world.environmentOf('jwt-authorizer') },
    REVOCATION_POLL_SECONDS: '60',
  };
}

interface Figures {
  readonly name: string;
  readonly counts: Counts & { readonly instructions?: number };
}

function row({ name, counts }: Figures): object {
  const { heapBytes, functions, code, logBytes, storeCalls, crypto, instructions } = counts;
  const calls = Object.entries(crypto).map(([of, times]) => `${times} ${of}`);
  return {
    ...{ name, 'bytes of heap': Math.round(heapBytes), functions: rounded(functions) },
    ...{ 'code run': Math.round(code), 'bytes of log': Math.round(logBytes), storeCalls },
    ...{
      crypto: calls.join(', '),
      instructions: instructions === undefined ? '' : Math.round(instructions),
    },
  };
}

/** To be pasted into the table of budgets. */
function printBudget({ name, counts }: Figures): void {
  const { heapBytes, functions, code, logBytes, crypto, instructions } = counts;
  const budget = {
    ...{ heapBytes: agreeable(Math.round(heapBytes)), functions: agreeable(Math.round(functions)) },
    ...{ code: agreeable(Math.round(code)), logBytes: agreeable(Math.round(logBytes)), crypto },
    ...(instructions && { instructions: agreeable(Math.round(instructions)) }),
  };
  process.stdout.write(`'${name}': ${inspect(budget, { breakLength: 100 })},\n`);
}

function unobserved(): string {
  const found = observer() ?? 'no valgrind';
  return `\n*** INSTRUCTIONS WERE NOT JUDGED: this machine has ${found}, and they were agreed on with ${agreedObserver}. All other counts were. ***\n\n`;
}

await main();
