import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Ticks of CPU, of all threads, in user and in system mode. */
  readonly ticks: number;
}

/** Of the clock in `/proc`: USER_HZ is this on all that Node runs on. */
const ticksPerSecond = 100;

/** Milliseconds of CPU that a process and all its living descendants have taken so far. */
export function cpuMs(root: number): number {
  const all = processes();
  const family = new Set([root]);
  // Parents need not have lower numbers than their children.
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  const ticks = all.reduce((sum, one) => sum + (family.has(one.pid) ? one.ticks : 0), 0);
  return (ticks / ticksPerSecond) * 1_000;
}

function processes(): readonly Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // A process may call itself anything, in brackets (proc_pid_stat(5)).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = Number(fields[11]) + Number(fields[12]);
      return [{ pid: Number(name), parent: Number(fields[1]), ticks }];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}
