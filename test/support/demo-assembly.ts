import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Longer than any synthesis takes: whoever was to do it is dead. */
const patienceMilliseconds = 60_000;

let own: string | undefined;

/**
 * The app as `npm start` synthesizes it, once per context in a whole run of the tests, or in this process where there is no
 * such run. The bundles are there already. Nobody writes into it.
 *
 * @param app file of the CDK app, from the root of the repository
 */
export function demoAssembly(
  context: Readonly<Record<string, string>>,
  app = 'infra/app.ts',
): string {
  const folder = process.env.KEYWARD_ASSEMBLIES ?? ownFolder();
  const assembly = join(folder, hash('sha256', JSON.stringify([app, context]), 'hex'));
  const begun = `${assembly}.begun`;
  for (const end = Date.now() + patienceMilliseconds; !existsSync(assembly); ) {
    if (isFirst(begun)) {
      const unfinished = `${assembly}.unfinished`;
      synthesize(unfinished, context, app);
      renameSync(unfinished, assembly);
    } else if (Date.now() > end) {
      throw new Error('another test began to synthesize this and never ended');
    } else {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
  return assembly;
}

function ownFolder(): string {
  if (own === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'keyward-assemblies-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    own = folder;
  }
  return own;
}

function isFirst(begun: string): boolean {
  try {
    mkdirSync(begun);
    return true;
  } catch {
    return false;
  }
}

function synthesize(folder: string, context: Readonly<Record<string, string>>, app: string): void {
  const cdk = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
  execFileSync(process.execPath, [join(root, app)], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdk.context, demo: 'true', stage: 'dev', ...context }),
    },
  });
}
