/**
 * Every suite of this folder, one after the other: `npm run bench`. Prints the tables, keeps all figures in
 * `bench/results/<suite>.json` and draws `docs/pictures/<name>.svg`. Names of suites as arguments take only these.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { named } from './measure/named.ts';
import { drawn } from './measure/picture.ts';
import { print, type Result } from './measure/report.ts';

/** In the order of the docs. */
const suites = [
  'peers',
  'decisions',
  'issuing',
  'cold-start',
  'reads',
  'growth',
  'load',
  'revocations',
  'counts',
];

const results = join(import.meta.dirname, 'results');
const pictures = join(import.meta.dirname, '..', 'docs', 'pictures');

async function main(wanted: readonly string[]): Promise<void> {
  for (const folder of [results, pictures]) mkdirSync(folder, { recursive: true });
  for (const suite of wanted) {
    const result = await resultOf(suite);
    print(result);
    writeFileSync(join(results, `${suite}.json`), `${JSON.stringify(result, null, 2)}\n`);
    for (const one of result.pictures ?? []) {
      writeFileSync(join(pictures, `${one.name}.svg`), drawn(one));
    }
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

await main(named('suite', process.argv.slice(2), suites));
