/**
 * What the start of each handler costs, from loading to the first answer, beside what people use instead:
 * `npm run bench:cold-start`. Every sample is a new process; all of them start once in each round, in a new order, and are held
 * against an empty handler of the same round. First reads and first signatures are part of the first answer, over http and
 * over https with a certificate that is checked.
 *
 * `--json` prints all of it. In the environment: `ROUNDS`; `ONLY`, a part of the names; `SCHEME`, one of `http` and `https`;
 * `BUNDLES`, a folder of other bundles than those that are built.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { built } from './cold-start/built.ts';
import type { Probed } from './cold-start/probe.ts';
import { assertRefusing, type SampleOptions, sampled } from './cold-start/sample.ts';
import { ours, peers, type Scheme, type Start } from './cold-start/starts.ts';
import { startWorld } from './cold-start/world.ts';
import { fakeTable } from './decisions/table.ts';
import { alone } from './measure/alone.ts';
import { leaveMeasuredCore, measuredCore } from './measure/cores.ts';
import { isWanted } from './measure/here.ts';
import { type ServerIdentity, serverIdentity } from './measure/loopback.ts';
import { publish, rounded } from './measure/report.ts';
import { median, quartiles, shuffled } from './measure/statistics.ts';
import { versionsOf } from './measure/versions.ts';
import { keySetServer } from './peers/key-set-server.ts';

const packages = [
  ...['@aws-sdk/client-dynamodb', '@aws-sdk/client-secrets-manager', 'aws-jwt-verify', 'jose'],
  ...['jsonwebtoken', 'jwks-rsa'],
];
const rounds = Number(process.env.ROUNDS ?? 21);
const schemes = (['http', 'https'] as const).filter(
  (scheme) => (process.env.SCHEME ?? scheme) === scheme,
);

/** A handler in one environment, and what each of its processes said. */
interface Sampled {
  readonly start: Start;
  readonly scheme: Scheme;
  readonly options: SampleOptions;
  readonly probed: Probed[];
  /** Milliseconds of CPU of one call, long after. */
  readonly warm: number[];
}

/** Until code is compiled, and short of what anybody may write. */
const warmCalls = 300;
const warmProcesses = 3;

/** Builds all of it, serves what is asked for, and prints what the processes have measured. */
async function main(): Promise<void> {
  leaveMeasuredCore();
  const folder = mkdtempSync(join(tmpdir(), 'keyward-cold-start-'));
  const world = await startWorld();
  const { fileOf } = await built(folder, world);
  const probe = await alone<Probed>(join(import.meta.dirname, 'cold-start', 'probe.ts'));
  const identity = await serverIdentity();
  const authority = join(folder, 'authority.pem');
  writeFileSync(authority, identity.authority);
  const starts = [...peers({ world, fileOf }), ...ours({ world, fileOf })].filter(isStarted);
  const stops: (() => void)[] = [];
  const all: Sampled[] = [];
  for (const scheme of schemes) {
    const { environment, stop } = await served(scheme === 'https' ? identity : undefined);
    stops.push(stop);
    const told = { ...world.environment, ...environment };
    const options = { probe, environment: told };
    for (const start of starts.filter((one) => one.schemes.includes(scheme))) {
      // Two processes that nobody counts; the files are in memory then.
      await assertRefusing(start, options);
      await sampled(start, options);
      all.push({ start, scheme, options, probed: [], warm: [] });
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { start, options, probed } of shuffled(all)) {
      probed.push(await sampled(start, options));
    }
  }
  for (let i = 0; i < warmProcesses; i += 1) {
    for (const { start, options, warm } of shuffled(all)) {
      warm.push((await sampled(start, options, warmCalls)).warm);
    }
  }
  for (const stop of stops) stop();
  probe.stop();
  publish({
    suite: 'cold-start',
    about: { core: measuredCore, rounds, ...versionsOf(packages) },
    tables: [
      ...schemes.map((scheme) => ({
        title: `Milliseconds of CPU over an empty handler, ${scheme}`,
        rows: rowsOf(all.filter((one) => one.scheme === scheme)),
      })),
      {
        title: `Milliseconds of computing by memory, ${schemes.at(-1)}: first request after loading / a warm one`,
        rows: all.filter(({ scheme }) => scheme === schemes.at(-1)).map(byMemory),
      },
    ],
  });
  rmSync(folder, { recursive: true });

  /** What AWS is here, and the key set of the peers. */
  async function served(shown: ServerIdentity | undefined) {
    const table = await fakeTable({ identity: shown });
    const secrets = await fakeTable({ identity: shown });
    for (const [id, text] of Object.entries(world.secrets)) secrets.putSecret(id, text);
    const keys = await keySetServer(shown);
    table.put(world.items);
    keys.serve(world.tokens.keySet);
    return {
      environment: {
        AWS_ENDPOINT_URL: table.url,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
        JWKS_URI: keys.url,
        ...(shown === undefined ? {} : { NODE_EXTRA_CA_CERTS: authority }),
      },
      stop() {
        for (const server of [table, secrets, keys]) server.stop();
      },
    };
  }
}

/** The empty handler is what everything is held against. */
function isStarted({ name }: Start): boolean {
  return name === 'empty' || isWanted({ name });
}

/** One row for each handler, and the empty one with its own figures. */
function rowsOf(samples: readonly Sampled[]): readonly object[] {
  const empty = samples.find(({ start }) => start.name === 'empty')?.probed ?? [];
  return samples.map(({ start: { name, file }, probed, warm }) => {
    const over = (figure: 'code' | 'loaded' | 'first'): readonly number[] =>
      probed.map((one, round) => one[figure] - (name === 'empty' ? 0 : (empty[round]?.first ?? 0)));
    const first = over('first');
    const { lower, upper } = quartiles(first);
    const seconds = probed.map((one) => one.second - one.first);
    const bytes = readFileSync(file);
    return {
      name,
      'before I/O': middle(over('code')),
      'loaded, with reads': middle(over('loaded')),
      'first answer': middle(first),
      p25: rounded(lower),
      p75: rounded(upper),
      'second answer': middle(seconds),
      warm: middle(warm),
      'wall to first': middle(probed.map(({ firstWall }) => firstWall)),
      'peak MiB': middle(probed.map(({ peakMiB }) => peakMiB)),
      KiB: rounded(bytes.byteLength / 1_024),
      gzipKiB: rounded(gzipSync(bytes).byteLength / 1_024),
    };
  });
}

/** A function has a share of one CPU: its memory by 1,769 MB. What it loads has more, so loading is not in it. */
function byMemory({ start: { name }, probed, warm }: Sampled): object {
  const first = median(probed.map((one) => one.first - one.loaded));
  const shares = [128, 256, 512, 1_024, 1_769].map((memory): [string, string] => {
    const slower = 1_769 / memory;
    return [
      `${memory} MB`,
      `${rounded(first * slower)} / ${middle(warm.map((one) => one * slower))}`,
    ];
  });
  return { name, ...Object.fromEntries(shares) };
}

function middle(values: readonly number[]): number {
  return rounded(median(values));
}

await main();
