import { median, pairedRatio, quartiles, shuffled } from './statistics.ts';

/** One operation that is measured beside others. */
export interface Contender {
  readonly name: string;
  /** Name of the contender that it is held against, round by round. */
  readonly floor: string;
  /** Does the operation so many times, one after the other. */
  readonly run: (times: number) => unknown;
  /** It asks a store each time. What does not must not ask at all. @default false */
  readonly isReading?: boolean;
  /** It writes a line to the log each time. @default false */
  readonly isLogging?: boolean;
}

export interface Measured {
  readonly name: string;
  readonly floor: string;
  /** CPU of all threads in microseconds per operation: the median, and the quartiles that half of all slices lie between. */
  readonly cpu: number;
  readonly lower: number;
  readonly upper: number;
  readonly wall: number;
  /** Median of the ratios to the floor's slice of the same round. */
  readonly ratio: number;
  /** Calls to a store per operation. */
  readonly calls: number;
}

export interface InterleavedOptions {
  readonly rounds: number;
  /** How long a slice takes. @default 25 */
  readonly sliceMs?: number;
  /** How often a store was asked so far. */
  readonly calls: () => number;
  /** Bytes that were logged and that nobody has taken yet. */
  readonly backlog: () => number;
  /** Waits until there are none. */
  readonly drained: () => Promise<unknown>;
}

interface Slice {
  readonly cpu: number;
  readonly wall: number;
  readonly calls: number;
}

const timesMax = 2 ** 20;
const attemptsMax = 20;
/** Of the log on end, so that a pipe holds them. */
const linesMax = 64;

/**
 * Measures operations in slices that take turns, in another order each round, so that whatever else the machine does falls
 * on all of them alike. A part of a slice is measured once more where a cache came to its end and was filled again, and
 * where the reader of the log did not keep up, for then lines were only put aside. What is never warm throws.
 */
export async function interleaved(
  contenders: readonly Contender[],
  { rounds, sliceMs = 25, calls, backlog, drained }: InterleavedOptions,
): Promise<readonly Measured[]> {
  const times = new Map<string, number>();
  for (const contender of contenders) times.set(contender.name, await calibrated(contender));
  const slices = new Map(contenders.map(({ name }) => [name, [] as Slice[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of shuffled(contenders)) {
      const { name } = contender;
      slices.get(name)?.push(await slice(contender, times.get(name) ?? 1));
    }
  }
  return contenders.map(({ name, floor }) => {
    const own = slices.get(name) ?? [];
    const base = slices.get(floor);
    if (base === undefined) throw new Error(`${name}: there is no ${floor}`);
    const cpu = own.map((slice) => slice.cpu);
    return {
      ...{ name, floor, cpu: median(cpu), ...quartiles(cpu) },
      wall: median(own.map((slice) => slice.wall)),
      ratio: pairedRatio(
        cpu,
        base.map((slice) => slice.cpu),
      ),
      calls: median(own.map((slice) => slice.calls)),
    };
  });

  /** One slice, in turns that a pipe has room for the lines of. */
  async function slice(contender: Contender, count: number): Promise<Slice> {
    const turn = contender.isLogging === true ? linesMax : count;
    const sum = { cpu: 0, wall: 0, calls: 0 };
    for (let left = count; left > 0; left -= turn) {
      const taken = await undisturbed(contender, Math.min(left, turn));
      sum.cpu += taken.cpu;
      sum.wall += taken.wall;
      sum.calls += taken.calls;
    }
    return { cpu: sum.cpu / count, wall: sum.wall / count, calls: sum.calls / count };
  }

  async function undisturbed(
    { name, run, isReading = false }: Contender,
    count: number,
  ): Promise<Slice> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const callsBefore = calls();
      const cpuBefore = process.cpuUsage();
      const before = performance.now();
      await run(count);
      const wall = (performance.now() - before) * 1_000;
      const { user, system } = process.cpuUsage(cpuBefore);
      const called = calls() - callsBefore;
      const isBehind = backlog() > 0;
      await drained();
      if (!isBehind && (called === 0 || isReading)) {
        return { cpu: user + system, wall, calls: called };
      }
    }
    throw new Error(`${name}: asks a store while it is warm, or logs more than is read`);
  }

  /** Grows until code is compiled and a slice takes long enough to be measured. The first operation of all fills caches. */
  async function calibrated(contender: Contender): Promise<number> {
    await slice(contender, 1);
    for (let count = 1; count < timesMax; count *= 2) {
      const { wall } = await slice(contender, count);
      if (wall * count < sliceMs * 2_000) continue;
      const again = await slice(contender, count);
      return Math.max(1, Math.round((sliceMs * 1_000) / again.wall));
    }
    return timesMax;
  }
}
