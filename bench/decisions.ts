/**
 * What a warm decision costs, event in and answer out, scheme by scheme, and what it is made of: `npm run bench:decisions`.
 * The bundles decide as they are deployed, with the routes of the demo, and write their log into a pipe. Nothing is judged
 * but this: a warm decision asks no store.
 *
 * `--json` prints figures. In the environment: `ROUNDS`; `ONLY`, a part of the names; `BASELINE`, a folder of other bundles
 * that the decisions are held against, turn by turn.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleAll, bundlesDirectory } from '../infra/bundle.ts';
import { measuredElsewhere, parentOf } from './decisions/elsewhere.ts';
import { authorizerBundles } from './decisions/loaded.ts';
import { type Figures, measure } from './decisions/measure.ts';
import { machine, printed, rounded } from './decisions/report.ts';
import { fakeTable, type StoredItem } from './decisions/table.ts';

const isJson: boolean = process.argv.includes('--json');

/** Builds, serves the table, and prints what the child has measured. */
async function main(): Promise<void> {
  await bundleAll();
  const table = await fakeTable();
  const where = machine();
  const figures = await measuredElsewhere<readonly StoredItem[], Figures>(import.meta.filename, {
    env: { AWS_ENDPOINT_URL: table.url },
    prepare: (items) => table.put(items),
  });
  table.stop();
  if (isJson) {
    const all = { machine: where, bundles: weights(), ...figures };
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  process.stdout.write(
    `${JSON.stringify(where)}\nMicroseconds of CPU for one decision, ${figures.rounds} rounds\n`,
  );
  console.table([...figures.decisions, ...figures.floors].map(printed));
  process.stdout.write('Its pieces\n');
  console.table(figures.pieces.map(printed));
  process.stdout.write('The bundles\n');
  console.table(weights());
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

const elsewhere = parentOf<readonly StoredItem[], Figures>();
await (elsewhere === undefined ? main() : measure(elsewhere));
