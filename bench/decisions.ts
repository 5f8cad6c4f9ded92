/**
 * What a warm decision costs, event in and answer out, scheme by scheme, and what it is made of: `npm run bench:decisions`.
 * The bundles decide as they are deployed, with the routes of the demo, and write their log into a pipe. Nothing is judged
 * but this: a warm decision asks no store.
 *
 * `--json` prints figures. In the environment: `ROUNDS`; `ONLY`, a part of the names; `BASELINE`, a folder of other bundles
 * that the decisions are held against, turn by turn.
 *
 * Two processes, so that what is measured is the function alone: this one is the table and reads the log; its child decides.
 */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleAll, bundlesDirectory } from '../infra/bundle.ts';
import type { Measured } from './decisions/interleaved.ts';
import { authorizerBundles, type Figures, type Message, measure } from './decisions/measure.ts';
import { fakeTable, type StoredItem } from './decisions/table.ts';

const isJson: boolean = process.argv.includes('--json');

/** Builds, serves the table, and prints what the child has measured. */
async function main(): Promise<void> {
  await bundleAll();
  const table = await fakeTable();
  const machine = {
    ...{ cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg().map(rounded) },
    ...{ node: process.versions.node, openssl: process.versions.openssl },
    startedAt: new Date().toISOString(),
  };
  const figures = await measuredElsewhere(table.url, (items) => table.put(items));
  table.stop();
  if (isJson) {
    const all = { machine, bundles: weights(), ...figures };
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  process.stdout.write(
    `${JSON.stringify(machine)}\nMicroseconds of CPU for one decision, ${figures.rounds} rounds\n`,
  );
  console.table(printed([...figures.decisions, ...figures.floors]));
  process.stdout.write('Its pieces\n');
  console.table(printed(figures.pieces));
  process.stdout.write('The bundles\n');
  console.table(weights());
}

function measuredElsewhere(
  url: string,
  put: (items: readonly StoredItem[]) => void,
): Promise<Figures> {
  const child = fork(import.meta.filename, {
    env: { ...process.env, AWS_ENDPOINT_URL: url },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child.stdout?.resume();
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const said = message as Message;
      if ('figures' in said) return resolve(said.figures);
      put(said.items);
      child.send('ready');
    });
    child.once('exit', (code) => reject(new Error(`the measuring process ended: ${code}`)));
  });
}

function printed(rows: readonly Measured[]): readonly object[] {
  return rows.map(({ name, cpu, lower, upper, wall, floor, ratio, calls }) => ({
    name,
    'median µs': rounded(cpu),
    p25: rounded(lower),
    p75: rounded(upper),
    'wall µs': rounded(wall),
    'x floor': rounded(ratio),
    floor,
    'store calls': rounded(calls),
  }));
}

function weights(): readonly object[] {
  return authorizerBundles.map((bundle) => {
    const bytes = readFileSync(join(bundlesDirectory, bundle, 'index.mjs'));
    return {
      bundle,
      KiB: rounded(bytes.byteLength / 1_024),
      gzipKiB: rounded(gzipSync(bytes).byteLength / 1_024),
    };
  });
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

const tell: ((message: Message) => void) | undefined = process.send?.bind(process);
await (tell === undefined ? main() : measure(tell));
