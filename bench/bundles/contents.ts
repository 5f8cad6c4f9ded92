import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { bundleOptions } from '../../infra/bundle.ts';

/** What is inside a bundle. */
export interface Contents {
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Every file that is reached, from the root of the repository. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

export async function contentsOf(entry: string): Promise<Contents> {
  const { outputFiles, metafile } = await build({
    ...bundleOptions,
    ...{ entryPoints: [entry], outfile: 'index.mjs', write: false, metafile: true },
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  // What stands in no file of ours or a package is made by the options of the build: a builtin, for instance.
  const files = Object.keys(metafile.inputs).filter((file) => /^[\w.]+\//.test(file));
  const names = files.flatMap((file) => packageName.exec(file)?.[1] ?? []);
  return {
    ...{ bytes: code.byteLength, gzipBytes: gzipSync(code).byteLength, files },
    packages: [...new Set(names)].sort(),
  };
}

const packageName = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/;
