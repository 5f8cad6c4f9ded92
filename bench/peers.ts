/**
 * What a decision on a bearer token costs, event in and answer out, by ours and by what people use instead:
 * `npm run bench:peers`. Everybody gets the same tokens and is told one issuer, one audience and one algorithm; the table
 * says who checks what, and controls prove it before anything is measured. Ours is the bundle as it is deployed, for RS256
 * and ES256, with the routes of the demo and its log in a pipe; the others do no more than their column says.
 *
 * `--json` prints all of it. In the environment: `ROUNDS`; `ONLY`, a part of the names. Where the system has `taskset`, what is
 * measured stays on one core, as in a function with less than 1,769 MB.
 */
import { bundleAll } from '../infra/bundle.ts';
import { fakeTable } from './decisions/table.ts';
import { measuredCore } from './measure/cores.ts';
import { measuredElsewhere, parentOf } from './measure/elsewhere.ts';
import { printed, publish } from './measure/report.ts';
import { versionsOf } from './measure/versions.ts';
import { keySetServer } from './peers/key-set-server.ts';
import { measurePeers, type Needs, type PeerFigures } from './peers/measure.ts';

const libraries = ['aws-jwt-verify', 'fast-jwt', 'jose', 'jsonwebtoken', 'jwks-rsa'];

/** Builds, serves the table and the keys, and prints what the child has measured. */
async function main(): Promise<void> {
  await bundleAll();
  const table = await fakeTable();
  const keys = await keySetServer();
  const figures = await measuredElsewhere<Needs, PeerFigures>(import.meta.filename, {
    env: { AWS_ENDPOINT_URL: table.url, JWKS_URI: keys.url, NODE_ENV: 'production' },
    prepare({ items, keySet }) {
      table.put(items);
      keys.serve(keySet);
    },
  });
  table.stop();
  keys.stop();
  publish({
    suite: 'peers',
    about: { core: measuredCore, rounds: figures.rounds, ...versionsOf(libraries) },
    tables: [
      {
        title: 'Microseconds of CPU for one decision',
        rows: figures.decisions.map((one) => ({ ...printed(one), checks: one.checks })),
      },
      { title: 'The bare check of a signature', rows: figures.floors.map(printed) },
    ],
  });
}

const elsewhere = parentOf<Needs, PeerFigures>();
await (elsewhere === undefined ? main() : measurePeers(elsewhere, process.env.JWKS_URI ?? ''));
