import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { bundleAll, bundleOptions, bundlesDirectory } from '../../infra/bundle.ts';
import type { StartWorld } from './world.ts';

/** Everything that is started, in one folder. */
export interface Built {
  /** The bundle of that name. */
  fileOf(name: string): string;
}

/** As an SDK is bundled by whoever does nothing about it: all of its credential chain, builtins by import. */
const usual: BuildOptions = {
  plugins: [],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
};

/** What peers are called → their source, and how they are bundled otherwise than ours. */
const peers: Readonly<Record<string, readonly [source: string, options: BuildOptions]>> = {
  empty: ['empty', {}],
  tutorial: ['tutorial', {}],
  jose: ['jose', {}],
  'aws-jwt-verify': ['aws-jwt-verify', {}],
  'sdk-authorizer': ['sdk-authorizer', usual],
  'sdk-authorizer, slim': ['sdk-authorizer', {}],
  'sdk-token': ['sdk-token', usual],
  'sdk-token, slim': ['sdk-token', {}],
};

/** Bundles all of ours as they are deployed, with the policy beside the code, and all peers with the same options. */
export async function built(folder: string, { policy }: StartWorld): Promise<Built> {
  await bundleAll();
  cpSync(process.env.BUNDLES ?? bundlesDirectory, folder, { recursive: true });
  for (const [name, [source, options]] of Object.entries(peers)) {
    const entry = join(import.meta.dirname, 'peers', `${source}.ts`);
    const outfile = join(folder, name, 'index.mjs');
    await build({ ...bundleOptions, ...options, entryPoints: [entry], outfile });
  }
  return {
    fileOf(name) {
      const home = join(folder, name);
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, 'policy.json'), JSON.stringify(policy));
      return join(home, 'index.mjs');
    },
  };
}
