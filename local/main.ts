/** `npm start`: hosts the app of this repository on this machine until it is told to end. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostedWorld } from './host.ts';
import { BadFlag, type RunnerOptions, readOptions, usage } from './options.ts';

const nodeMajorMin = 24;
/** A signal ends everything within two seconds, whatever hangs. */
const stopMilliseconds = 1_800;
/** The deployment that the command line finds here unless it is told another name. */
const deploymentName = 'default';

/** The domain on which the demo's partners show certificates. Here the development authority vouches for everybody. */
const partnersDomain = {
  mtlsDomain: 'partners.localhost',
  mtlsCertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/local',
  mtlsTruststore: 's3://local/truststore.pem',
};

/** Before anything is imported that an older Node cannot load. */
const nodeMajor = Number(process.versions.node.split('.')[0]);
if (nodeMajor < nodeMajorMin) {
  fail(`Keyward needs Node ${nodeMajorMin} or newer, and this is ${process.versions.node}`, 1);
}

const options = flags();
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);

const stateDirectory = options.dataDirectory ?? '.keyward';
const localFile = join('.keyward', 'local.json');
const temporary = mkdtempSync(join(tmpdir(), 'keyward-'));
process.on('exit', removeTraces);

try {
  await run();
} catch (cause) {
  if (!ending.signal.aborted) fail(explain(cause), 1);
  process.exit(0);
}

async function run(): Promise<void> {
  const { host } = await import('./host.ts');
  const { dataDirectory, assemblyDirectory = temporary } = options;
  if (options.assemblyDirectory === undefined) {
    const { synthesize } = await import('./synthesize.ts');
    if (options.output === 'text') process.stderr.write('Bundling and synthesizing …\n');
    await synthesize({
      outputDirectory: temporary,
      // The stage that forgets with its stack and shows every change at once.
      context: { demo: 'true', stage: 'dev', ...partnersDomain, ...options.context },
      signal: ending.signal,
    });
  }
  const log = openLog();
  const world = await host(assemblyDirectory, {
    basePort: options.basePort,
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
    tlsDirectory: join(stateDirectory, 'tls'),
    log: (line) => log(`runner: ${line}`),
    functionLog: (line, logicalId) => log(`${logicalId}: ${line}`),
    signal: ending.signal,
  });
  try {
    await announce(world);
  } catch (cause) {
    await world.stop();
    throw cause;
  }
  await ended();
  await world.stop();
  process.exit(0);
}

/** Makes the demo credentials, and says where everything is: to the command line in a file, to the caller on stdout. */
async function announce(world: HostedWorld): Promise<void> {
  const { demoCredentials } = await import('./demo-credentials.ts');
  const { writePrivateFile } = await import('./private-file.ts');
  const { readyOf, readyText } = await import('./ready.ts');
  const { dataDirectory } = options;
  const file =
    dataDirectory === undefined ? undefined : join(dataDirectory, 'demo-credentials.json');
  const demo = options.withDemoCredentials
    ? await demoCredentials(world, deploymentName, file)
    : undefined;
  const ready = readyOf(world, deploymentName, demo);
  const { ready: _, ...facts } = ready;
  const local = { ...facts, region: world.region, name: deploymentName };
  writePrivateFile(localFile, `${JSON.stringify(withoutNulls(local), null, 2)}\n`);
  process.stdout.write(
    options.output === 'json' ? `${JSON.stringify(ready)}\n` : `${readyText(ready)}`,
  );
}

function ended(): Promise<void> {
  return new Promise((resolve) => {
    if (ending.signal.aborted) resolve();
    else ending.signal.addEventListener('abort', () => resolve());
  });
}

/** First signal: end in order. Nothing that hangs keeps the process. */
function end(): void {
  if (ending.signal.aborted) return;
  ending.abort();
  setTimeout(() => process.exit(0), stopMilliseconds).unref();
}

function flags(): RunnerOptions {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== 'help') return read;
    process.stdout.write(`${usage}\n`);
    return process.exit(0);
  } catch (cause) {
    if (cause instanceof BadFlag) return fail(cause.message, 2);
    throw cause;
  }
}

/** What functions and runner log: for a person on request, else into a file. */
function openLog(): (line: string) => void {
  if (options.isVerbose) return (line) => void process.stderr.write(`${line}\n`);
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
  const file = join(stateDirectory, 'local.log');
  rmSync(file, { force: true });
  return (line) => appendFileSync(file, `${line}\n`, { mode: 0o600 });
}

function removeTraces(): void {
  rmSync(temporary, { recursive: true, force: true });
  try {
    const { pid } = JSON.parse(readFileSync(localFile, 'utf8')) as { readonly pid: number };
    if (pid === process.pid) rmSync(localFile, { force: true });
  } catch {
    // Never written, or somebody else's.
  }
}

/** What a person can act on is said in its own words; anything else is a defect and keeps its stack. */
function explain(cause: unknown): string {
  const known = ['TemplateError', 'PortInUse', 'StepFailed', 'TriggerFailed', 'DemoFailed'];
  if (!(cause instanceof Error)) return String(cause);
  return known.includes(cause.name) ? cause.message : (cause.stack ?? cause.message);
}

function withoutNulls(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null));
}

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
