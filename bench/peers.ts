/**
 * What a decision on a bearer token costs, event in and answer out, by ours and by what people use instead:
 * `npm run bench:peers`. Everybody gets the same tokens and is told one issuer, one audience and one algorithm; the table
 * says who checks what, and controls prove it before anything is measured. Ours is the bundle as it is deployed, for RS256
 * and ES256, with the routes of the demo and its log in a pipe; the others do no more than their column says.
 *
 * `--json` prints all of it. In the environment: `ROUNDS`; `ONLY`, a part of the names. Where the system has `taskset`, what is
 * measured stays on one core, as in a function with less than 1,769 MB.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { bundleAll } from '../infra/bundle.ts';
import { fakeTable } from './decisions/table.ts';
import { measuredElsewhere, parentOf } from './measure/elsewhere.ts';
import { printed, publish } from './measure/report.ts';
import { keySetServer } from './peers/key-set-server.ts';
import { measurePeers, type Needs, type PeerFigures } from './peers/measure.ts';

const libraries = ['aws-jwt-verify', 'fast-jwt', 'jose', 'jsonwebtoken', 'jwks-rsa'];

/** Builds, serves the table and the keys, and prints what the child has measured. */
async function main(): Promise<void> {
  await bundleAll();
  const table = await fakeTable();
  const keys = await keySetServer();
  const core = spawnSync('taskset', ['--version']).error === undefined ? lastCore() : undefined;
  const figures = await measuredElsewhere<Needs, PeerFigures>(import.meta.filename, {
    env: { AWS_ENDPOINT_URL: table.url, JWKS_URI: keys.url, NODE_ENV: 'production' },
    prepare({ items, keySet }) {
      table.put(items);
      keys.serve(keySet);
    },
    ...(core === undefined ? {} : { core }),
  });
  table.stop();
  keys.stop();
  publish({
    suite: 'peers',
    about: { core, rounds: figures.rounds, ...versions() },
    tables: [
      {
        title: 'Microseconds of CPU for one decision',
        rows: figures.decisions.map((one) => ({ ...printed(one), checks: one.checks })),
      },
      { title: 'The bare check of a signature', rows: figures.floors.map(printed) },
    ],
  });
}

function lastCore(): number {
  return cpus().length - 1;
}

/** Of what ours is held against; they are pinned exactly. */
function versions(): Readonly<Record<string, string>> {
  const file = join(import.meta.dirname, '..', 'package.json');
  const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8'));
  const pinned: Readonly<Record<string, string>> = { ...devDependencies, ...dependencies };
  return Object.fromEntries(libraries.map((name) => [name, pinned[name] ?? 'missing']));
}

const elsewhere = parentOf<Needs, PeerFigures>();
await (elsewhere === undefined ? main() : measurePeers(elsewhere, process.env.JWKS_URI ?? ''));
