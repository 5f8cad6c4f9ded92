import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAll } from '../../infra/bundle.ts';

/**
 * Constructs and hosted worlds take the bundles from `dist/`, documents and examples the compiled package: both are built
 * once for the whole run, and each assembly that several files host is synthesized once.
 */
export default async function setup(): Promise<() => void> {
  const root = join(import.meta.dirname, '..', '..');
  const assemblies = mkdtempSync(join(tmpdir(), 'keyward-assemblies-'));
  process.env.KEYWARD_ASSEMBLIES = assemblies;
  execFileSync('tsc', ['-p', 'tsconfig.package.json'], { cwd: root });
  await bundleAll();
  return () => rmSync(assemblies, { recursive: true, force: true });
}
