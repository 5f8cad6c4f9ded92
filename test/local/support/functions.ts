import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionSpec } from '../../../local/contracts.ts';

export const region = 'eu-central-1';
export const accountId = '000000000000';

/** A function whose whole code is the given text of an `index.mjs`. */
export function functionOf(
  name: string,
  code: string,
  more: Partial<FunctionSpec> = {},
): FunctionSpec {
  const codeDirectory = mkdtempSync(join(tmpdir(), 'keyward-function-'));
  writeFileSync(join(codeDirectory, 'index.mjs'), code);
  return {
    logicalId: `${name}Logical`,
    name,
    arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    policies: [],
    codeDirectory,
    handler: 'index.handler',
    environment: {},
    memoryMiB: 256,
    timeoutSeconds: 10,
    ...more,
  };
}

export function removeCode(functions: readonly FunctionSpec[]): void {
  for (const { codeDirectory } of functions) {
    rmSync(codeDirectory, { recursive: true, force: true });
  }
}

/** Whether a process of this id still runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
