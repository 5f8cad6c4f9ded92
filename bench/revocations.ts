/**
 * What the revocation log costs: `npm run bench:revocations`. A decision with an empty log and with 100,000 entries that are
 * alive, in turns; the first read of a new environment, in a process of its own each time; and how often DynamoDB is read
 * for a million authorizations.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { followedLog } from '../functions/adapters/dynamodb/followed-log.ts';
import { defaults, revocationKeepSeconds } from '../functions/core/durations.ts';
import { followRevocations } from '../functions/core/revocation/follow-revocations.ts';
import { bucketsOf, type LoggedEntry } from '../functions/core/revocation/log-entry.ts';
import { gate, now } from '../test/support/gate.ts';
import { bearerToken } from '../test/support/tokens.ts';
import { type Contender, interleaved } from './measure/interleaved.ts';
import { publish, rounded } from './measure/report.ts';
import { median } from './measure/statistics.ts';
import { logServer } from './revocations/log-server.ts';

const sizes = [0, 1_000, 100_000] as const;
const startsPerSize = 7;
/** Dollars for a million read units, on demand in us-east-1; look it up before you rely on it. */
const dollarsPerMillionReads = 0.125;
const rounds = Number(process.env.ROUNDS ?? 15);

interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly heapMiB: number;
  readonly peakMiB: number;
  readonly size: number;
}

async function main(): Promise<void> {
  publish({
    suite: 'revocations',
    about: { rounds },
    tables: [
      {
        title: 'A decision on a token that was seen before, microseconds of CPU',
        rows: await decisions(),
      },
      { title: 'The first read of a new environment, medians', rows: await coldStarts() },
      {
        title:
          'Reads of DynamoDB for a million authorizations, by one environment that is always busy',
        rows: await readsPerMillion(),
      },
    ],
  });
}

/** Live token entries, spread over the time that they live. */
function entries(count: number, at: number): readonly LoggedEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ kind: 'token', id: randomBytes(16).toString('base64url') },
    ...{ at: at - (i % 3_600), serial: randomBytes(9).toString('base64url') },
    expiresAt: at + 3_600,
  }));
}

async function decisions(): Promise<readonly object[]> {
  const token = bearerToken();
  const contenders: Contender[] = [];
  for (const size of sizes) {
    const opened = gate();
    for (const entry of entries(size, now)) await opened.revocations.append(entry);
    if (!('isAuthorized' in (await opened.http(token)))) throw new Error('no answer');
    contenders.push({
      name: `${size} entries`,
      floor: '0 entries',
      async run(times) {
        for (let i = 0; i < times; i += 1) await opened.http(token);
      },
    });
  }
  const measured = await interleaved(contenders, {
    ...{ rounds, calls: () => 0, backlog: () => 0, drained: async () => undefined },
  });
  return measured.map(({ name, cpu, lower, upper, ratio }) => ({
    ...{ name, 'median µs': rounded(cpu), p25: rounded(lower), p75: rounded(upper) },
    'x empty': rounded(ratio),
  }));
}

async function coldStarts(): Promise<readonly object[]> {
  const server = await logServer();
  const rows: object[] = [];
  for (const size of sizes) {
    server.serve(entries(size, Math.floor(Date.now() / 1_000)));
    const starts: Start[] = [];
    for (let i = 0; i < startsPerSize; i += 1) starts.push(await start(server.url));
    if (starts.some((one) => one.size !== size)) throw new Error('a part of the log was read');
    const middle = (of: (one: Start) => number) => rounded(median(starts.map(of)));
    rows.push({
      ...{ entries: size, 'wall ms': middle(({ wallMs }) => wallMs) },
      ...{ 'CPU ms': middle(({ cpuMs }) => cpuMs), 'kept MiB': middle(({ heapMiB }) => heapMiB) },
      'peak MiB': middle(({ peakMiB }) => peakMiB),
    });
  }
  server.stop();
  return rows;
}

function start(url: string): Promise<Start> {
  const env = { ...process.env, AWS_ENDPOINT_URL: url };
  const child = fork(import.meta.filename, { env, execArgv: ['--expose-gc'] });
  return new Promise((resolve, reject) => {
    child.on('message', (message) => resolve(message as Start));
    child.once('exit', (code) => reject(new Error(`a measured process ended: ${code}`)));
  });
}

/** In a process of its own: what a new environment does before its first decision. */
async function measureStart(tell: (one: Start) => void): Promise<void> {
  const log = followedLog({
    env: {
      ...{ AWS_ENDPOINT_URL: process.env.AWS_ENDPOINT_URL, AWS_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
    },
    ...{ ...defaults, verificationTable: 'verification' },
  });
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const { size } = await log.current(Math.floor(Date.now() / 1_000));
  const wallMs = performance.now() - before;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peakMiB = process.resourceUsage().maxRSS / 1_024;
  globalThis.gc?.();
  const heapMiB = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;
  tell({ wallMs, cpuMs: (user + system) / 1_000, heapMiB, peakMiB, size });
}

/** Counted on the code that reads, under a clock that runs as fast as it can. */
async function readsPerMillion(): Promise<readonly object[]> {
  const rows: object[] = [];
  for (const perSecond of [1, 100, 10_000]) {
    let queries = 0;
    const log = followRevocations({
      log: {
        async read(from, to) {
          queries += bucketsOf(from, to).length;
          return [];
        },
      },
      ...{ pollSeconds: defaults.revocationPollSeconds, maxStaleSeconds: 0 },
      keepSeconds: revocationKeepSeconds(defaults),
    });
    for (let request = 0; request < 1_000_000; request += 1) {
      await log.current(now + Math.floor(request / perSecond));
    }
    rows.push({
      'requests per second': perSecond,
      'reads per million': queries,
      // An empty answer is one unit, as is every one of up to 4 KB.
      'dollars per million': (queries / 1_000_000) * dollarsPerMillionReads,
    });
  }
  return rows;
}

const tell: ((one: Start) => void) | undefined = process.send?.bind(process);
await (tell === undefined ? main() : measureStart(tell));
if (tell !== undefined) process.exit(0);
