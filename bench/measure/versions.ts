import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Versions of packages that ours is held against; they are pinned exactly. */
export function versionsOf(packages: readonly string[]): Readonly<Record<string, string>> {
  const file = join(import.meta.dirname, '..', '..', 'package.json');
  const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8'));
  const pinned: Readonly<Record<string, string>> = { ...devDependencies, ...dependencies };
  return Object.fromEntries(packages.map((name) => [name, pinned[name] ?? 'missing']));
}
