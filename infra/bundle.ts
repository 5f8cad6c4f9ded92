/**
 * Bundles every Lambda handler into `dist/functions/<name>/index.mjs`: `npm run build`. The options are part of the
 * product, since cold start is a property of the bundle; benchmarks and the local runner use them unchanged.
 */
import { globSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const root: string = join(import.meta.dirname, '..');

/** Where the bundles go. */
export const bundlesDirectory: string = join(root, 'dist', 'functions');

/** Name of a bundle → its entry: `endpoints/token/handler.ts` is `token`, `authorizers/jwt/handler.ts` `jwt-authorizer`. */
export function handlers(): ReadonlyMap<string, string> {
  const entries = globSync('functions/**/handler.ts', { cwd: root }).sort();
  return new Map(entries.map((entry) => [nameOf(entry), join(root, entry)]));
}

function nameOf(entry: string): string {
  const [, kind = '', ...rest] = dirname(entry).split('/');
  const name = rest.join('-');
  if (kind === 'endpoints') return name;
  if (kind === 'authorizers') return `${name}-authorizer`;
  return name === '' ? kind : `${kind}-${name}`;
}

/**
 * Builtins through `process.getBuiltinModule`. The ESM facade of `node:http` reads every export when it is linked, which
 * loads a whole Fetch implementation (nodejs/node issue 59686): 30 to 50 ms of every cold start for nothing.
 */
const builtins: Plugin = {
  name: 'builtins',
  setup(setup) {
    setup.onResolve({ filter: /^[a-z_][a-z_/0-9]*$|^node:/ }, ({ path }) => {
      const name = path.replace(/^node:/, '');
      if (!isBuiltin(path) || /^_|^constants$|^punycode$/.test(name)) return undefined;
      // Whoever uses none of its exports must not load it: a module that is reached may be for others of its users.
      return { path: name, namespace: 'builtin', sideEffects: false };
    });
    setup.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(`node:${path}`)});`,
      loader: 'js',
    }));
  },
};

/**
 * Lambda hands credentials over in three environment variables. The SDK's chain (profiles, SSO, STS, instance metadata)
 * is a third of its weight and never used there.
 */
const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup(setup) {
    setup.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path }) => ({
      path,
      namespace: 'environment-credentials',
    }));
    setup.onLoad({ filter: /.*/, namespace: 'environment-credentials' }, () => ({
      contents: `export const defaultProvider = () => async () => {
        const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
        if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Error('no credentials in the environment');
        return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
      };`,
      loader: 'js',
    }));
  },
};

/** No source maps and no metafile in an asset: both carry paths, and a changed hash is a changed deployment. */
export const bundleOptions: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [builtins, environmentCredentials],
};

/** Builds all bundles. What somebody reads meanwhile is replaced file by file, never missing. */
export async function bundleAll(): Promise<void> {
  await Promise.all(
    [...handlers()].map(([name, entry]) =>
      build({
        ...bundleOptions,
        entryPoints: [entry],
        outfile: join(bundlesDirectory, name, 'index.mjs'),
      }),
    ),
  );
}

if (import.meta.main) await bundleAll();
