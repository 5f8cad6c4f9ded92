import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { bundleAll } from '../../infra/bundle.ts';

/**
 * Constructs and hosted worlds take the bundles from `dist/`, documents and examples the compiled package: both are built
 * once for the whole run.
 */
export default async function setup(): Promise<void> {
  const root = join(import.meta.dirname, '..', '..');
  execFileSync('tsc', ['-p', 'tsconfig.package.json'], { cwd: root });
  await bundleAll();
}
