/**
 * The whole way under load: `npm run bench:load`. From a socket through the gateway of the local runner, its authorizers and
 * functions, with the tables behind them; and what is below it, a route of the same runner without an authorizer and a server
 * that answers a constant. The runner is this repository's stand-in for API Gateway and Lambda, a process for each environment,
 * and was not made to be fast: nothing here says how fast AWS is.
 *
 * `--json` prints all of it. In the environment: `ROUNDS`, `SECONDS`. Where the system has `taskset`, everything that serves
 * stays on the last core and whoever asks on the first.
 */
import { startBareServer, startRunner } from './load/servers.ts';
import { floorName, type Target, targets } from './load/targets.ts';
import { leaveMeasuredCore, measuredCore } from './measure/cores.ts';
import { type Picture, publish, rounded } from './measure/report.ts';
import { median, pairedRatio, quantile, quartiles, shuffled } from './measure/statistics.ts';
import { connections, type Turn, underLoad } from './measure/under-load.ts';

const rounds = Number(process.env.ROUNDS ?? 7);
const seconds = Number(process.env.SECONDS ?? 3);
/** An environment is compiled bit by bit while it answers. */
const warmUpSeconds = 5;

type Turns = ReadonlyMap<Target, readonly Turn[]>;

async function main(): Promise<void> {
  const running: { stop(): Promise<void> }[] = [];
  try {
    const bare = await startBareServer();
    running.push(bare);
    const replaying = await startRunner({});
    running.push(replaying);
    const asking = await startRunner({ revocationLag: '0' });
    running.push(asking);
    leaveMeasuredCore();
    const turns = await measured(await targets(bare, replaying, asking));
    publish({
      suite: 'load',
      about: { core: measuredCore, rounds, seconds, connections },
      tables: [
        {
          title: 'Requests through the local runner, which is not API Gateway',
          rows: rowsOf(turns),
        },
      ],
      pictures: picturesOf(turns),
    });
  } finally {
    for (const server of running) await server.stop();
  }
}

/** Turn by turn, in another order each round, with everything running all the time. */
async function measured(all: readonly Target[]): Promise<Turns> {
  const turns = new Map(all.map((target) => [target, [] as Turn[]]));
  for (const target of all) await underLoad(target, warmUpSeconds);
  for (let round = 0; round < rounds; round += 1) {
    for (const target of shuffled(all)) {
      turns.get(target)?.push(await underLoad(target, seconds));
    }
  }
  return turns;
}

function rowsOf(turns: Turns): readonly object[] {
  const floor = [...turns].find(([{ name }]) => name === floorName)?.[1] ?? [];
  const base = floor.map((turn) => turn.cpu);
  return [...turns].map(([{ name }, own]) => {
    const cpu = own.map((turn) => turn.cpu);
    const latencies = own.flatMap((turn) => turn.latencies);
    const at = (share: number) => rounded(quantile(latencies, share));
    const { lower, upper } = quartiles(cpu);
    return {
      name,
      'requests/s': rounded(median(own.map(({ perSecond }) => perSecond))),
      ...{ 'p50 ms': at(0.5), 'p99 ms': at(0.99), 'p99.9 ms': at(0.999) },
      requests: latencies.length,
      ...{ 'CPU µs': rounded(median(cpu)), p25: rounded(lower), p75: rounded(upper) },
      'x constant': rounded(pairedRatio(cpu, base)),
    };
  });
}

/** Latencies of what belongs together, and of the floor. */
function picturesOf(turns: Turns): readonly Picture[] {
  const titles = { 'REST API': 'rest', 'HTTP API': 'http', issuer: 'issuer' } as const;
  return Object.entries(titles).map(([group, name]) => ({
    name: `load-${name}`,
    title: `Latency through the local runner at ${connections} connections: ${group}`,
    x: { label: 'one request in so many takes longer', isLogarithmic: true },
    y: { label: 'milliseconds', isLogarithmic: true },
    lines: [...turns]
      .filter(([target]) => target.group === group || target.group === 'floor')
      .map(([target, own]) => ({
        name: target.name,
        points: [2, 10, 100, 1_000].map((x) => pointOf(x, own)),
      })),
  }));
}

function pointOf(x: number, turns: readonly Turn[]): Picture['lines'][number]['points'][number] {
  const each = turns.map(({ latencies }) => quantile(latencies, 1 - 1 / x));
  return { x, y: median(each), ...quartiles(each) };
}

await main();
