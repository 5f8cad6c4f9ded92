import autocannon, { type Result } from 'autocannon';
import { cpuMs } from './processes.ts';
import type { Target } from './targets.ts';

/** What became of one target in one round. */
export interface Turn {
  readonly requestsPerSecond: number;
  /** CPU of everything that serves it, in microseconds. */
  readonly cpuPerRequest: number;
  /** Milliseconds from the request to the end of the answer, each of them. */
  readonly latencies: readonly number[];
}

export const connections = 8;

/** Asks one target for so many seconds, over connections that stay. Throws for every answer but a 200. */
export async function underLoad(
  { name, pid, request: { url, method, headers, body } }: Target,
  seconds: number,
): Promise<Turn> {
  const latencies: number[] = [];
  const statuses = new Set<number>();
  const cpuBefore = cpuMs(pid);
  const before = performance.now();
  const options = {
    ...{ url, method, headers: { ...headers }, connections, duration: seconds },
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
  const cpu = cpuMs(pid) - cpuBefore;
  statuses.delete(200);
  const faults = errors + timeouts + mismatches;
  if (statuses.size > 0 || faults > 0 || latencies.length === 0) {
    throw new Error(`${name}: ${[...statuses].join()} and ${faults} faults`);
  }
  return {
    requestsPerSecond: latencies.length / elapsed,
    cpuPerRequest: (cpu * 1_000) / latencies.length,
    latencies,
  };
}
