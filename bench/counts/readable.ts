import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions, handlers } from '../../infra/bundle.ts';

/** The bundle of a function as it is deployed, but for people to read: in lines, and with the names of its source. */
export interface ReadableBundle {
  readonly file: string;
  /** The source file that a line comes from, from the root of the repository. */
  readonly sourceOf: (line: number) => string;
}

/** @param deployed where the one that is deployed lies, with what it needs beside it */
export async function readable(bundle: string, deployed: string): Promise<ReadableBundle> {
  const folder = join(deployed, '..', 'readable');
  const file = join(folder, 'index.mjs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'policy.json'), readFileSync(join(deployed, '..', 'policy.json')));
  const entry = handlers().get(bundle) ?? '';
  await build({ ...bundleOptions, minify: false, entryPoints: [entry], outfile: file });
  // The bundler writes the name of a file above what comes from it.
  const lines = readFileSync(file, 'utf8').split('\n');
  const sources = lines.map((line) => /^\s*\/\/ ((?:functions|node_modules)\/.*)$/.exec(line)?.[1]);
  return {
    file,
    sourceOf: (line) => sources.slice(0, line + 1).findLast((source) => source !== undefined) ?? '',
  };
}
