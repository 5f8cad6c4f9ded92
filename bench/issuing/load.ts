import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import autocannon from 'autocannon';

/** One turn of load upon one server. */
export interface Turn {
  /** CPU of all threads of the server, in microseconds a request. */
  readonly cpu: number;
  readonly perSecond: number;
  /** Of every answer, in milliseconds. */
  readonly latencies: readonly number[];
  readonly requests: number;
}

export interface Target {
  readonly pid: number;
  readonly url: string;
  readonly body: string;
}

const connections = 8;
/** Of the clock in `/proc`: USER_HZ is this on all that Node runs on. */
const ticksPerSecond = 100;

/** Posts a form again and again over as many connections for so long. Throws at any answer that is not a success. */
export async function loaded({ pid, url, body }: Target, seconds: number): Promise<Turn> {
  const latencies: number[] = [];
  const before = cpuTicks(pid);
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        ...{ url, body, connections, duration: seconds, method: 'POST' },
        // How long it may go on beyond its time.
        sampleInt: 100,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      (cause, done) => (cause ? reject(cause) : resolve(done)),
    );
    instance.on('response', (_client, _status, _bytes, milliseconds) =>
      latencies.push(milliseconds),
    );
  });
  // What was still under way when the time was over.
  await setTimeout(50);
  const { errors, timeouts, non2xx } = result;
  if (errors + timeouts + non2xx > 0 || latencies.length === 0) {
    throw new Error(`${url}: ${JSON.stringify({ errors, timeouts, non2xx })}`);
  }
  const ticks = cpuTicks(pid) - before;
  const requests = latencies.length;
  return {
    cpu: (ticks / ticksPerSecond / requests) * 1_000_000,
    perSecond: requests / result.duration,
    ...{ latencies, requests },
  };
}

/** User and system time of a process, all threads together (proc_pid_stat(5)). */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the process may hold spaces; the third field comes behind its closing parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
