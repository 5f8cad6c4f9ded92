/**
 * What is inside each bundle and what its start costs: `npm run bench:bundles`. Bytes, files, packages and the modules of
 * Node that are loaded are exact, so `--check` fails on them, above their budgets and far below; times are printed and never
 * judged. `--budgets` prints the figures as a table of budgets.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { bundleAll, handlers } from '../infra/bundle.ts';
import { budgets, slack } from './bundles/budgets.ts';
import { type Contents, contentsOf } from './bundles/contents.ts';
import { judged, publicOnes } from './bundles/judged.ts';
import { type Start, type Starts, starts } from './bundles/starts.ts';
import { otherNode } from './measure/agreed-node.ts';
import { agreeable, breaches, unmatched } from './measure/breaches.ts';
import { service } from './measure/service.ts';

const isCheck: boolean = process.argv.includes('--check');
const samples = isCheck ? 1 : 15;

/** Prints one row per bundle; what is over budget is named below the table. */
async function main(): Promise<void> {
  await bundleAll();
  const world = await service();
  const started = await starts(world);
  const empty = await emptyStart(started);
  const found: string[] = [];
  const rows: object[] = [];
  for (const [name, entry] of handlers()) {
    const contents = await contentsOf(entry);
    const start = await started.of(name, samples);
    const budget = budgets[name];
    if (budget !== undefined) {
      found.push(...breaches(judged(name, { contents, start }, budget), slack));
    }
    rows.push(row(name, contents, start, empty));
    if (process.argv.includes('--budgets')) printBudget(name, contents, start);
  }
  started.stop();
  world.stop();
  const agreed = Object.keys(budgets);
  found.push(...unmatched([...handlers().keys()], agreed, 'bench/bundles/budgets.ts'));
  process.stdout.write(
    `Node ${process.versions.node}; loading costs CPU over an empty handler, median of ${samples} processes\n`,
  );
  console.table(rows);
  for (const breach of found) process.stdout.write(`over budget: ${breach}\n`);
  if (found.length > 0) process.stdout.write(otherNode());
  process.stdout.write(`${rows.length} bundles, ${found.length} breaches\n`);
  if (isCheck && found.length > 0) process.exitCode = 1;
}

async function emptyStart(started: Starts): Promise<Start> {
  const folder = mkdtempSync(join(tmpdir(), 'keyward-bundles-'));
  const file = join(folder, 'empty.mjs');
  writeFileSync(file, 'export const handler = async () => ({});\n');
  const start = await started.ofFile(file, samples);
  rmSync(folder, { recursive: true });
  return start;
}

function row(
  bundle: string,
  { bytes, gzipBytes, files, packages }: Contents,
  { atLoad, byAnswer, cpuMs, peakMiB }: Start,
  empty: Start,
): object {
  return {
    ...{ bundle, KiB: (bytes / 1_024).toFixed(1), gzipKiB: (gzipBytes / 1_024).toFixed(1) },
    ...{ modules: files.length, packages: packages.length },
    ...{ 'Node at load': atLoad.length, 'by answer': byAnswer.length },
    ...{ loadCpuMs: (cpuMs - empty.cpuMs).toFixed(1), peakMiB: peakMiB.toFixed(0) },
  };
}

/** To be pasted into the table of budgets. */
function printBudget(name: string, { bytes, files, packages }: Contents, start: Start): void {
  const budget = {
    ...{ KiB: agreeable(bytes / 1_024), modules: agreeable(files.length), packages },
    ...{ atLoad: publicOnes(start.atLoad), byAnswer: publicOnes(start.byAnswer) },
    nodeModules: start.atLoad.length + start.byAnswer.length,
  };
  process.stdout.write(`'${name}': ${inspect(budget, { breakLength: 100 })},\n`);
}

await main();
