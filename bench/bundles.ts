/**
 * What is inside each bundle and what its start costs: `npm run bench:bundles`. Weight and contents are exact, so
 * `--check` fails on them; times are printed and never judged.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { bundleAll, bundleOptions, bundlesDirectory, handlers } from '../infra/bundle.ts';

interface Budget {
  readonly maxKiB: number;
  /** Inputs that must not be reached, even if tree shaking would drop them. */
  readonly never: RegExp;
}

const sdk = /node_modules\/(@aws-sdk|@smithy)\//;
const chain =
  /node_modules\/.*credential-provider-(node|sso|ini|process|web-identity)|^(infra|cli|local)\//;

const budgets: Readonly<Record<string, Budget>> = {
  token: { maxKiB: 45, never: /node_modules\// },
  revoke: { maxKiB: 48, never: /node_modules\// },
  introspect: { maxKiB: 54, never: /node_modules\// },
  jwks: { maxKiB: 17, never: /node_modules\// },
  metadata: { maxKiB: 10, never: /node_modules\// },
  'jwt-authorizer': { maxKiB: 47, never: sdk },
  'api-key-authorizer': { maxKiB: 41, never: sdk },
  'basic-authorizer': { maxKiB: 45, never: sdk },
  'mtls-authorizer': { maxKiB: 44, never: sdk },
  'combined-authorizer': { maxKiB: 68, never: sdk },
  connections: { maxKiB: 240, never: chain },
  rotation: { maxKiB: 250, never: chain },
  admin: { maxKiB: 260, never: chain },
  'demo-orders': { maxKiB: 8, never: /node_modules\// },
};

interface Row {
  readonly bundle: string;
  readonly KiB: string;
  readonly gzipKiB: string;
  readonly budgetKiB: number;
  readonly packages: number;
  readonly loadCpuMs: string;
  readonly peakMiB: string;
}

const isCheck: boolean = process.argv.includes('--check');

/** Prints one row per bundle; what is over budget is named below the table. */
async function main(): Promise<void> {
  const breaches: string[] = [];
  const rows: Row[] = [];
  await bundleAll();
  const folder = mkdtempSync(join(tmpdir(), 'keyward-bundles-'));
  const emptyHandler = join(folder, 'empty.mjs');
  writeFileSync(emptyHandler, 'export const handler = async () => ({});\n');
  const empty = startCost(emptyHandler);
  for (const [name, entry] of handlers()) {
    const budget = budgets[name];
    if (budget === undefined) {
      breaches.push(`${name}: has no budget in bench/bundles.ts`);
      continue;
    }
    const built = await build({
      ...bundleOptions,
      entryPoints: [entry],
      write: false,
      metafile: true,
      outfile: 'index.mjs',
    });
    const bytes = built.outputFiles[0]?.contents ?? new Uint8Array();
    const inputs = Object.keys(built.metafile.inputs);
    const packages = new Set(
      inputs.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []),
    );
    const leaked = inputs.filter((file) => budget.never.test(file));
    const kiB = bytes.byteLength / 1024;
    if (kiB > budget.maxKiB)
      breaches.push(`${name}: ${kiB.toFixed(1)} KiB, allowed ${budget.maxKiB}`);
    if (leaked.length > 0) breaches.push(`${name}: reaches ${leaked.slice(0, 3).join(', ')}`);
    const cost = startCost(deployed(folder, name));
    if (cost.hasUndici) breaches.push(`${name}: loads undici at start`);
    rows.push({
      bundle: name,
      KiB: kiB.toFixed(1),
      gzipKiB: (gzipSync(bytes).byteLength / 1024).toFixed(1),
      budgetKiB: budget.maxKiB,
      packages: packages.size,
      loadCpuMs: (cost.cpuMs - empty.cpuMs).toFixed(1),
      peakMiB: cost.peakMiB.toFixed(0),
    });
  }
  process.stdout.write(
    `Node ${process.versions.node}; loading costs CPU over an empty handler, median of ${samples()} processes\n`,
  );
  console.table(rows);
  for (const breach of breaches) process.stdout.write(`over budget: ${breach}\n`);
  process.stdout.write(`${rows.length} bundles, ${breaches.length} breaches\n`);
  rmSync(folder, { recursive: true });
  if (isCheck && breaches.length > 0) process.exitCode = 1;
}

const policy = JSON.stringify({
  table: { routes: {}, identity: 'authorization', policyRoutes: [] },
  trustedIssuers: [],
  tiers: {},
});

/** A function's code as it is deployed: the bundle, and for authorizers the policy beside it. */
function deployed(folder: string, name: string): string {
  const file = join(folder, name, 'index.mjs');
  mkdirSync(join(folder, name));
  copyFileSync(join(bundlesDirectory, name, 'index.mjs'), file);
  writeFileSync(join(folder, name, 'policy.json'), policy);
  return file;
}

function samples(): number {
  return isCheck ? 1 : 15;
}

/** Loads a bundle in processes of its own, with the environment of a Lambda function. */
function startCost(file: string): { cpuMs: number; peakMiB: number; hasUndici: boolean } {
  const measured = Array.from({ length: samples() }, () => {
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', probe, file], {
      encoding: 'utf8',
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(output.slice(output.lastIndexOf('{"cpuMs"'))) as {
      cpuMs: number;
      peakMiB: number;
      hasUndici: boolean;
    };
  });
  const median = (values: readonly number[]) =>
    [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  return {
    cpuMs: median(measured.map(({ cpuMs }) => cpuMs)),
    peakMiB: median(measured.map(({ peakMiB }) => peakMiB)),
    hasUndici: measured.some(({ hasUndici }) => hasUndici),
  };
}

/** Runs inside the child. Lambda's own client has loaded these builtins before our code begins. */
const probe = `
  for (const name of ['http', 'util', 'net', 'path']) process.getBuiltinModule('node:' + name);
  const before = process.cpuUsage();
  const { handler } = await import(process.argv[1]);
  const { user, system } = process.cpuUsage(before);
  if (typeof handler !== 'function') throw new Error('no handler');
  const peak = /VmHWM:\\s+(\\d+)/.exec(process.getBuiltinModule('node:fs').readFileSync('/proc/self/status', 'utf8'));
  process.stdout.write(JSON.stringify({
    cpuMs: (user + system) / 1000,
    peakMiB: Number(peak?.[1] ?? 0) / 1024,
    hasUndici: process.moduleLoadList.some((name) => name.endsWith('deps/undici/undici')),
  }));
  process.exit(0);
`;

/** Values of the right shape for every function; the endpoint is closed, so reads during init fail and are tolerated. */
const environment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 't'.repeat(600),
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  TZ: ':UTC',
  ISSUER: 'https://issuer.example',
  AUDIENCE: 'https://api.example',
  CLIENTS_TABLE: 'clients',
  VERIFICATION_TABLE: 'verification',
  COUNTERS_TABLE: 'counters',
  RING_SECRET: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:ring-AbCdEf',
  ACCESS_TOKEN_LIFETIME_SECONDS: '900',
  ACCESS_TOKEN_LIFETIME_MAX_SECONDS: '3600',
  CLIENT_CACHE_SECONDS: '60',
  CREDENTIAL_CACHE_SECONDS: '60',
  REVOCATION_POLL_SECONDS: '5',
  REVOCATION_MAX_STALE_SECONDS: '60',
  RING_CACHE_SECONDS: '300',
  RING_HOLD_SECONDS: '86400',
  CLOCK_SKEW_SECONDS: '30',
  PUBLISHED_KEYS_CACHE_SECONDS: '60',
  PUBLICATION_LEAD_SECONDS: '86400',
  RETIREMENT_SECONDS: '93600',
  MAC_RETIREMENT_SECONDS: '93600',
  PUBLISHED_KEYS_MAX: '10',
  MAX_AGE_SECONDS: '300',
  CONTENT_TYPE: 'application/jwk-set+json',
  SCOPES_SUPPORTED: '',
  DEFAULT_RESOURCE: '',
  CONNECTIONS_TABLE: 'connections',
  STAGE: 'abcdefghij/live',
  CALLBACK_URL: 'https://abcdefghij.execute-api.us-east-1.amazonaws.com/live',
  API_KEY_PREFIX: 'kw',
  API_KEY_ENVIRONMENT: 'live',
};

await main();
