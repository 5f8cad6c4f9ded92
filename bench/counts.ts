/**
 * What one warm decision, and one token, costs in counts that are the same at every run: `npm run bench:counts`. The bundles
 * run as they are deployed, but with nothing optimized away, so bytes and instructions are more than at work; they tell
 * changes, not speeds. `--check` fails above a budget and far below. `--budgets` prints the figures as a table of budgets;
 * `--sites` prints nothing but where bytes are allocated.
 *
 * `--json` prints all of it. In the environment: `ONLY`, a part of the names.
 */
import { inspect } from 'node:util';
import { bundleAll } from '../infra/bundle.ts';
import { budgets, slack } from './counts/budgets.ts';
import { type Case, cases } from './counts/cases.ts';
import { type Counting, counting } from './counts/counting.ts';
import { agreedObserver, observer } from './counts/instructions.ts';
import { type Figures, judged } from './counts/judged.ts';
import { otherNode } from './measure/agreed-node.ts';
import { agreeable, breaches, unmatched } from './measure/breaches.ts';
import { isWanted } from './measure/here.ts';
import { publish } from './measure/report.ts';
import { service } from './measure/service.ts';

const isCheck: boolean = process.argv.includes('--check');
const sitesMax = 25;

async function main(): Promise<void> {
  await bundleAll();
  const world = await service();
  const counter = await counting(world);
  const all = cases(world).filter(isWanted);
  await (process.argv.includes('--sites') ? printSites(counter, all) : count(counter, all));
  counter.stop();
  world.stop();
}

async function count(counter: Counting, all: readonly Case[]): Promise<void> {
  const found: string[] = [];
  const isObserved = isCheck ? observer() === agreedObserver : observer() !== undefined;
  const [counts, instructions] = await Promise.all([
    counter.counts(all),
    isObserved ? counter.instructions(all).catch(unobservable) : {},
  ]);
  const figures = Object.entries(counts).map(([name, own]): Figures & { name: string } => {
    const observed = (instructions as Readonly<Record<string, number>>)[name];
    return { name, ...own, ...(observed === undefined ? {} : { instructions: observed }) };
  });
  for (const one of figures) {
    const budget = budgets[one.name];
    if (budget !== undefined) found.push(...breaches(judged(one.name, one, budget), slack));
  }
  const names = all.map(({ name }) => name);
  const agreed = Object.keys(budgets).filter((name) => isWanted({ name }));
  found.push(...unmatched(names, agreed, 'bench/counts/budgets.ts'));
  publish({ suite: 'counts', tables: [{ title: 'One warm operation', rows: figures.map(row) }] });
  if (process.argv.includes('--budgets')) for (const one of figures) printBudget(one.name, one);
  for (const breach of found) process.stderr.write(`over budget: ${breach}\n`);
  if (observer() !== agreedObserver) process.stderr.write(unjudged());
  if (found.length > 0) process.stderr.write(otherNode());
  process.stderr.write(`${figures.length} cases, ${found.length} breaches\n`);
  if (isCheck && found.length > 0) process.exitCode = 1;

  /** The other counts tell more of what is wrong then. */
  function unobservable(cause: unknown): object {
    found.push(`instructions could not be counted: ${cause}`);
    return {};
  }
}

function row({ name, crypto, instructions, ...one }: Figures & { readonly name: string }): object {
  const calls = Object.entries(crypto).map(([of, times]) => `${times} ${of}`);
  return {
    ...{ name, 'bytes of heap': Math.round(one.heapBytes), functions: Math.round(one.functions) },
    ...{ 'code run': Math.round(one.code), 'bytes of log': Math.round(one.logBytes) },
    ...{ 'store calls': one.storeCalls, crypto: calls.join(', ') },
    instructions: instructions === undefined ? '' : Math.round(instructions),
  };
}

/** To be pasted into the table of budgets. */
function printBudget(name: string, one: Figures): void {
  const { crypto, instructions } = one;
  const room = (figure: number): number => agreeable(Math.round(figure));
  const budget = {
    ...{ heapBytes: room(one.heapBytes), functions: room(one.functions), code: room(one.code) },
    ...{ logBytes: room(one.logBytes), crypto },
    ...(instructions === undefined ? {} : { instructions: room(instructions) }),
  };
  process.stdout.write(`'${name}': ${inspect(budget, { breakLength: 100 })},\n`);
}

/** What a function allocates itself, and what Node allocates on its behalf. */
async function printSites(counter: Counting, all: readonly Case[]): Promise<void> {
  const found = Object.entries(await counter.sites(all));
  publish({
    suite: 'counts',
    tables: found.map(([name, sites]) => ({
      title: `${name}: bytes of heap, by the function that is to blame`,
      rows: sites
        .slice(0, sitesMax)
        .map((one) => ({ bytes: Math.round(one.bytes), function: one.function, file: one.file })),
    })),
  });
}

function unjudged(): string {
  const found = observer() ?? 'no valgrind';
  return `\n*** INSTRUCTIONS WERE NOT JUDGED: this machine has ${found}, and they were agreed on with ${agreedObserver}. All other counts were. ***\n\n`;
}

await main();
