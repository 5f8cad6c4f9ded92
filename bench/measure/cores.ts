import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

/** The core for what is measured, where the system can keep a process on one: as in a function with less than 1,769 MB. */
export const measuredCore: number | undefined =
  spawnSync('taskset', ['--version']).error === undefined ? cpus().length - 1 : undefined;

/** The command that runs this one on that core, with everything that it starts. */
export function onMeasuredCore(command: readonly string[]): readonly string[] {
  return measuredCore === undefined ? command : ['taskset', '-c', String(measuredCore), ...command];
}

/** Keeps this process, which serves what is asked for, away from that core. */
export function leaveMeasuredCore(): void {
  if (measuredCore === undefined || measuredCore === 0) return;
  spawnSync('taskset', ['-a', '-c', '-p', `0-${measuredCore - 1}`, String(process.pid)]);
}
