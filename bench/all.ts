/**
 * Every suite of this folder, one after the other: `npm run bench`. Prints the tables and keeps all figures in
 * `bench/results/<suite>.json`. Names of suites as arguments take only these.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { print, type Result } from './measure/report.ts';

/** In the order of the docs. */
const suites = ['peers', 'decisions', 'cold-start', 'reads', 'growth', 'revocations', 'counts'];

const results = join(import.meta.dirname, 'results');

async function main(wanted: readonly string[]): Promise<void> {
  mkdirSync(results, { recursive: true });
  for (const suite of wanted) {
    const result = await resultOf(suite);
    print(result);
    writeFileSync(join(results, `${suite}.json`), `${JSON.stringify(result, null, 2)}\n`);
  }
}

/** In a process of its own, so that no suite warms the next. */
async function resultOf(suite: string): Promise<Result> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${suite}.ts`), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const printed = await text(child.stdout);
  if ((await ended) !== 0) throw new Error(`${suite}: failed`);
  return JSON.parse(printed) as Result;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !suites.includes(name));
if (unknown.length > 0) throw new Error(`no suite: ${unknown.join(', ')}; ${suites.join(', ')}`);
await main(asked.length > 0 ? asked : suites);
