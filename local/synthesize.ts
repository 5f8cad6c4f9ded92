import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A step before hosting failed; the message ends with what it said. */
class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

export interface SynthesisOptions {
  readonly outputDirectory: string;
  /** Added to that of `cdk.json`. */
  readonly context: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const root = join(import.meta.dirname, '..');

/** Bundles the handlers and synthesizes the app of this repository. @throws StepFailed */
export async function synthesize(options: SynthesisOptions): Promise<void> {
  const { context = {} } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as {
    readonly context?: Readonly<Record<string, unknown>>;
  };
  await runNode('infra/bundle.ts', {}, options.signal);
  const environment = {
    CDK_OUTDIR: options.outputDirectory,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...options.context }),
    // `npm run synth` validates; here it would double the time to the first answer.
    CDK_VALIDATION: 'false',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
  await runNode('infra/app.ts', environment, options.signal);
}

function runNode(
  script: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve();
      const text = Buffer.concat(said).toString('utf8').trim();
      return reject(new StepFailed(`${script} ended with ${code ?? 'a signal'}\n${text}`));
    });
  });
}
