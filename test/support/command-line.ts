import { spawn } from 'node:child_process';
import { join } from 'node:path';

const command = join(import.meta.dirname, '..', '..', 'cli', 'keyward.mjs');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLine {
  /** Working directory: the tests' own, without a local instance. */
  readonly folder: string;
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** What is piped in. */
  readonly input?: string | undefined;
}

/** Runs `keyward` the way a shell does: nothing of this process's environment reaches it but the path. */
export function keyward(
  args: readonly string[],
  { folder, variables = {}, input = '' }: CommandLine,
): Promise<Outcome> {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [command, ...args], {
      cwd: folder,
      env: { PATH, NODE_COMPILE_CACHE, ...variables },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}
