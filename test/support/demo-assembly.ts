import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

const assemblies = new Map<string, string>();

/**
 * The app as `npm start` synthesizes it, once per process and context. The bundles are there already.
 *
 * @param app file of the CDK app, from the root of the repository
 */
export function demoAssembly(
  context: Readonly<Record<string, string>>,
  app = 'infra/app.ts',
): string {
  const name = JSON.stringify([app, context]);
  const known = assemblies.get(name);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), 'keyward-assembly-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
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
  assemblies.set(name, folder);
  return folder;
}
