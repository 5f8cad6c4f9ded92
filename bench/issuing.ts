/**
 * What issuing a token costs: `npm run bench:issuing`. Three depths, RS256 and ES256 each: the signature of a JWT; the token
 * function in process, an event in and an answer out; tokens over HTTP, from one core. Ours is the bundle as it is deployed,
 * with its log in a pipe, held against what people use instead; controls prove who checks what before anything is measured.
 *
 * `--json` prints all of it. In the environment: `ROUNDS`; `HTTP_ROUNDS`, and `HTTP_SECONDS` of one turn; `ONLY`, a part of the
 * names; `BUNDLES`, another folder of bundles. Where the system has `taskset`, what is measured stays on the last core, and what
 * it talks to on the first. HTTP is measured where the system has `/proc`.
 */
import { existsSync } from 'node:fs';
import type { Algorithm } from '../functions/core/tokens/algorithm.ts';
import { bundleAll } from '../infra/bundle.ts';
import { fakeTable } from './decisions/table.ts';
import { type IssuingFigures, measureIssuing } from './issuing/measure.ts';
import { measuredOverHttp, type Served } from './issuing/over-http.ts';
import { serve } from './issuing/servers.ts';
import { totals } from './issuing/totals.ts';
import { type IssuingWorld, issuingWorld, storedItems, tokenEnvironment } from './issuing/world.ts';
import { ringSecret } from './measure/configuration.ts';
import { leaveMeasuredCore, measuredCore } from './measure/cores.ts';
import { measuredElsewhere, parentOf } from './measure/elsewhere.ts';
import { isWanted } from './measure/here.ts';
import { printed, publish, rounded } from './measure/report.ts';
import { versionsOf } from './measure/versions.ts';

const libraries = [
  ...['jose', 'fast-jwt', 'jsonwebtoken', 'hono', '@hono/node-server', '@openauthjs/openauth'],
  ...['oidc-provider', 'autocannon'],
];
const httpRounds = Number(process.env.HTTP_ROUNDS ?? 15);
const httpSeconds = Number(process.env.HTTP_SECONDS ?? 1);

/** Builds, serves the stores, loads the servers, and prints what was measured. */
async function main(): Promise<void> {
  await bundleAll();
  const world = issuingWorld();
  const table = await fakeTable();
  table.put(storedItems(world));
  table.putSecret(ringSecret, JSON.stringify(world.ring));
  leaveMeasuredCore();
  const env = {
    ...tokenEnvironment,
    ...{ AWS_ENDPOINT_URL: table.url, NODE_ENV: 'production', WORLD: JSON.stringify(world) },
  };
  const here = await measuredElsewhere<undefined, IssuingFigures>(import.meta.filename, {
    ...{ env, prepare: () => undefined },
  });
  const served = existsSync('/proc/self/stat')
    ? await measuredOverHttp(world, {
        ...{ module: import.meta.filename, env },
        ...{ rounds: httpRounds, seconds: httpSeconds, calls: () => table.calls },
        isWanted: (name) => isWanted({ name }),
      })
    : [];
  table.stop();
  publish({
    suite: 'issuing',
    about: {
      core: measuredCore,
      rounds: here.rounds,
      httpRounds,
      httpSeconds,
      ...versionsOf(libraries),
    },
    tables: [
      {
        title: 'Microseconds of CPU for one signed token, claims included',
        rows: [...here.floors, ...here.signing].map(printed),
      },
      {
        title: 'Microseconds of CPU for one answer of the token endpoint, in process',
        rows: here.issuing.map((one) => ({ ...printed(one), checks: one.checks })),
      },
      { title: 'Over HTTP on loopback, 8 connections, one core', rows: served.map(row) },
      { title: 'Keyward, in tokens', rows: totals(here, served) },
    ],
  });
}

function row(one: Served): object {
  return {
    name: `${one.alg}: ${one.name}`,
    'CPU µs': rounded(one.cpu),
    p25: rounded(one.lower),
    p75: rounded(one.upper),
    'x keyward': rounded(one.ratio),
    'tokens/s': rounded(one.perSecond),
    'tokens/CPU s': rounded(1_000_000 / one.cpu),
    'p50 ms': rounded(one.p50),
    'p99 ms': rounded(one.p99),
    'peak MiB': rounded(one.peakMiB),
    'store calls': rounded(one.calls),
    checks: one.checks,
    'tokens lack': one.lacks,
  };
}

const parent = parentOf<undefined, IssuingFigures>();
if (parent === undefined) {
  await main();
} else {
  const world = JSON.parse(process.env.WORLD ?? '') as IssuingWorld;
  const { SERVER: server, ALGORITHM: alg } = process.env;
  if (server === undefined) await measureIssuing(parent, world);
  else process.send?.(await serve(server, world, alg as Algorithm));
}
