import { setTimeout } from 'node:timers/promises';
import autocannon, { type Result } from 'autocannon';
import { cpuMs } from './processes.ts';

/** What is asked, and of whom. */
export interface LoadTarget {
  readonly name: string;
  /** Of the process that serves it, with all that it has started. */
  readonly pid: number;
  readonly request: LoadRequest;
}

export interface LoadRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What became of one target in one round. */
export interface Turn {
  /** CPU of everything that serves it, in microseconds a request. */
  readonly cpu: number;
  readonly perSecond: number;
  /** Milliseconds from the request to the end of the answer, each of them. */
  readonly latencies: readonly number[];
}

export const connections = 8;

/** What was still under way when the time was over. */
const remainderMs = 50;

/** Asks one target for so many seconds, over connections that stay. Throws for every answer but a 200. */
export async function underLoad(
  { name, pid, request: { url, method, headers, body } }: LoadTarget,
  seconds: number,
): Promise<Turn> {
  const latencies: number[] = [];
  const statuses = new Set<number>();
  const cpuBefore = cpuMs(pid);
  const before = performance.now();
  const options = {
    ...{ url, method, headers: { ...headers }, connections, duration: seconds },
    // How long it may go on beyond its time.
    sampleInt: 100,
    ...(body === undefined ? {} : { body }),
  };
  const { errors, timeouts, mismatches } = await new Promise<Result>((resolve, reject) => {
    const load = autocannon(options, (cause, result) => (cause ? reject(cause) : resolve(result)));
    load.on('response', (_client, status, _bytes, milliseconds) => {
      statuses.add(status);
      latencies.push(milliseconds);
    });
  });
  const elapsed = (performance.now() - before) / 1_000;
  await setTimeout(remainderMs);
  const cpu = cpuMs(pid) - cpuBefore;
  statuses.delete(200);
  const faults = errors + timeouts + mismatches;
  if (statuses.size > 0 || faults > 0 || latencies.length === 0) {
    throw new Error(`${name}: ${[...statuses].join()} and ${faults} faults`);
  }
  return {
    cpu: (cpu * 1_000) / latencies.length,
    perSecond: latencies.length / elapsed,
    latencies,
  };
}
