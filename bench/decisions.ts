/**
 * What a warm decision costs, event in and answer out, scheme by scheme, and what it is made of: `npm run bench:decisions`.
 * The bundles decide as they are deployed, with the routes of the demo, and write their log into a pipe. Nothing is judged
 * but this: a warm decision asks no store.
 *
 * `--json` prints all of it. In the environment: `ROUNDS`; `ONLY`, a part of the names; `BASELINE`, a folder of other bundles
 * that the decisions are held against, turn by turn. Where the system has `taskset`, what is measured stays on one core.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleAll, bundlesDirectory } from '../infra/bundle.ts';
import { authorizerBundles } from './decisions/loaded.ts';
import { type Figures, measure } from './decisions/measure.ts';
import { fakeTable, type StoredItem } from './decisions/table.ts';
import { measuredCore } from './measure/cores.ts';
import { measuredElsewhere, parentOf } from './measure/elsewhere.ts';
import { printed, publish, rounded } from './measure/report.ts';

/** Builds, serves the table, and prints what the child has measured. */
async function main(): Promise<void> {
  await bundleAll();
  const table = await fakeTable();
  const figures = await measuredElsewhere<readonly StoredItem[], Figures>(import.meta.filename, {
    env: { AWS_ENDPOINT_URL: table.url },
    prepare: (items) => table.put(items),
  });
  table.stop();
  publish({
    suite: 'decisions',
    about: { core: measuredCore, rounds: figures.rounds },
    tables: [
      {
        title: 'Microseconds of CPU for one decision',
        rows: [...figures.decisions, ...figures.floors].map(printed),
      },
      { title: 'Its pieces', rows: figures.pieces.map(printed) },
      { title: 'The bundles', rows: weights() },
    ],
  });
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
