import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Ready } from '../../local/ready.ts';
import { onMeasuredCore } from '../measure/cores.ts';

/** A process that is asked. */
export interface Server<Facts> {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly facts: Facts;
  stop(): Promise<void>;
}

/** The runner, hosting the demo. */
export interface Runner extends Server<Ready> {
  /** How many decisions of authorizers are in its log. */
  decisions(): number;
}

const root = join(import.meta.dirname, '..', '..');

/** `npm start`, in a folder of its own. */
export async function startRunner(context: Readonly<Record<string, string>>): Promise<Runner> {
  const folder = mkdtempSync(join(tmpdir(), 'keyward-load-'));
  const flags = Object.entries(context).flatMap(([name, value]) => [
    '--context',
    `${name}=${value}`,
  ]);
  const args = [join(root, 'local', 'main.ts'), '--port', '0', '--output', 'json', ...flags];
  const server = await started<Ready>(args, folder);
  return {
    ...server,
    decisions() {
      const log = readFileSync(join(folder, '.keyward', 'local.log'), 'utf8');
      return log.split('"event":"access_decided"').length - 1;
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function startBareServer(): Promise<Server<{ readonly url: string }>> {
  return started([join(import.meta.dirname, 'bare-server.ts')], root);
}

/** Runs a script that says in one line of JSON that it is ready, and ends at a signal. */
async function started<Facts>(script: readonly string[], cwd: string): Promise<Server<Facts>> {
  const [command = '', ...args] = onMeasuredCore([process.execPath, ...script]);
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const facts = await Promise.race([
    firstLine(child),
    ended.then(() => Promise.reject(new Error(`${script[0]} ended before it was ready`))),
  ]);
  return {
    // taskset becomes what it starts.
    pid: child.pid ?? 0,
    facts: JSON.parse(facts) as Facts,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('nobody listens');
  return new Promise((resolve) => createInterface({ input: stdout }).once('line', resolve));
}
