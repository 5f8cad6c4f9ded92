/** Lambda's own client has loaded these before our code begins. */
export function loadWhatLambdaHas(): void {
  for (const name of ['http', 'util', 'net', 'path']) process.getBuiltinModule(`node:${name}`);
}

/** The largest resident set of a process so far (proc_pid_status(5)). @param pid its own by default */
export function peakMiB(pid: number | 'self' = 'self'): number {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(peak ?? Number.NaN) / 1_024;
}
