/**
 * Runs in a process of its own: carries out every case so often that it is warm, then counts. With `instructions` it only
 * tells an observer from outside where the counting begins and ends.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync, writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { GCProfiler, getHeapStatistics } from 'node:v8';
import { median } from '../measure/statistics.ts';
import type { Case } from './cases.ts';
import { type CodeRun, codeRun, type ScriptCoverage } from './code-run.ts';
import { cryptoCalls } from './crypto-calls.ts';
import { type HeapSite, heapSites } from './heap-sites.ts';
import { firstAttempts, type Mode, plan } from './plan.ts';

export interface CounterInput {
  readonly cases: readonly CountedCase[];
  readonly mode: Mode;
}

/** A case, and the file of its function as it is deployed. */
export type CountedCase = Omit<Case, 'bundle'> & { readonly file: string };

/** Of one operation. */
export interface Counts extends CodeRun {
  /** That are allocated on V8's heap while nothing is optimized away. */
  readonly heapBytes: number;
  readonly logBytes: number;
  readonly storeCalls: number;
  /** Calls of functions of `node:crypto`, by their names. */
  readonly crypto: Readonly<Record<string, number>>;
}

/** By the names of the cases, as far as it was asked for. */
export interface Counted {
  readonly counts: Readonly<Record<string, Counts>>;
  readonly sites: Readonly<Record<string, readonly HeapSite[]>>;
}

type Handler = (event: unknown, context: object) => Promise<unknown>;
type Next = (count: number) => readonly unknown[];

const { cases, mode } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CounterInput;
const { warmUp, slices, times } = plan[mode];
let logBytes = 0;
// How a log is written is a matter of Node and of whoever reads it.
process.stdout.write = (chunk: Uint8Array | string): boolean => {
  logBytes += Buffer.byteLength(chunk);
  return true;
};
let storeCalls = 0;
subscribe('http.client.request.start', () => {
  storeCalls += 1;
});

const counts: Record<string, Counts> = {};
const sites: Record<string, readonly HeapSite[]> = {};
for (const one of cases) {
  // Its own instance, with caches of its own: no case warms another.
  const url = `${one.file}?${encodeURIComponent(one.name)}`;
  const { handler } = (await import(url)) as { readonly handler: Handler };
  const next = stream(one.events);
  const carryOut = () => expectAll(handler, next(times), one);
  const isStream = one.events.length > 1 && mode !== 'instructions';
  const enough = isStream ? one.events.length : warmUp;
  await firstOf(handler, next, one);
  for (let done = 0; done < enough; done += times) await carryOut();
  switch (mode) {
    case 'counts':
      counts[one.name] = await countsOf(handler, next, url, carryOut);
      break;
    case 'sites':
      sites[one.name] = await sitesOf(handler, next(times), url);
      break;
    case 'instructions':
      await observed(handler, next);
  }
}
const counted: Counted = { counts, sites };
writeSync(1, `\n${JSON.stringify(counted)}\n`);
process.exit(0);

/** The first of all reads what it needs. Under observation, and beside other work, a store may seem to be away at first. */
async function firstOf(handler: Handler, next: Next, one: CountedCase): Promise<void> {
  for (let attempt = 1; attempt < firstAttempts; attempt += 1) {
    const [event] = next(1);
    if (outcomeOf(await settled(handler, event)) === one.expected) return;
  }
  await expectAll(handler, next(1), one);
}

/** Every slice stands between two calls that nothing else makes. */
async function observed(handler: Handler, next: Next): Promise<void> {
  for (let i = 0; i < slices; i += 1) {
    const events = next(times);
    process.geteuid?.();
    for (const event of events) await settled(handler, event);
    process.geteuid?.();
  }
}

function sitesOf(
  handler: Handler,
  events: readonly unknown[],
  url: string,
): Promise<readonly HeapSite[]> {
  collectGarbage();
  const run = async () => {
    for (const event of events) await settled(handler, event);
  };
  return heapSites(run, url, times);
}

async function countsOf(
  handler: Handler,
  next: Next,
  url: string,
  carryOut: () => Promise<void>,
): Promise<Counts> {
  collectGarbage();
  const taken: Slice[] = [];
  for (let i = 0; i < slices; i += 1) taken.push(await slice(handler, next(times)));
  // Now and then the revocation log is read again; that is no part of an operation.
  const calls = Math.min(...taken.map((one) => one.calls));
  const quiet = taken.filter((one) => one.calls === calls && !one.isCollected);
  if (quiet.length === 0) throw new Error('garbage was collected in every slice');
  return {
    heapBytes: median(quiet.map(({ heap }) => heap)) / times,
    logBytes: median(quiet.map(({ log }) => log)) / times,
    storeCalls: calls / times,
    ...(await undisturbed(calls, async () => codeRun(await covered(carryOut), url, times))),
    crypto: await undisturbed(calls, () => cryptoCalls(carryOut, times)),
  };
}

interface Slice {
  readonly heap: number;
  readonly log: number;
  readonly calls: number;
  /** Garbage, so that the heap tells nothing of what was allocated. */
  readonly isCollected: boolean;
}

async function slice(handler: Handler, events: readonly unknown[]): Promise<Slice> {
  const collections = new GCProfiler();
  collections.start();
  const [callsBefore, logBefore] = [storeCalls, logBytes];
  const before = getHeapStatistics().used_heap_size;
  for (const event of events) await settled(handler, event);
  const heap = getHeapStatistics().used_heap_size - before;
  return {
    ...{ heap, log: logBytes - logBefore, calls: storeCalls - callsBefore },
    isCollected: collections.stop().statistics.length > 0,
  };
}

/** Counted anew while a store is asked in between more often than operations do. */
async function undisturbed<T>(calls: number, count: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const before = storeCalls;
    const result = await count();
    if (storeCalls - before <= calls || attempt === slices) return result;
  }
}

/** How often each piece of code is run meanwhile. */
async function covered(run: () => Promise<void>): Promise<readonly ScriptCoverage[]> {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  // What runs under the eyes of the profiler for the first time gets its counters only then.
  await run();
  read();
  await run();
  const coverage = read();
  session.disconnect();
  return coverage;

  function read(): readonly ScriptCoverage[] {
    let found: readonly ScriptCoverage[] = [];
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      found = result;
    });
    return found;
  }
}

/** Events as Lambda makes them: from text, each with strings of its own. */
function stream(texts: readonly string[]): Next {
  let at = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const event: unknown = JSON.parse(texts[at % texts.length] ?? '');
      at += 1;
      return event;
    });
}

async function expectAll(
  handler: Handler,
  events: readonly unknown[],
  { name, expected }: CountedCase,
): Promise<void> {
  for (const event of events) {
    const outcome = outcomeOf(await settled(handler, event));
    if (outcome !== expected) throw new Error(`${name}: ${outcome}`);
  }
}

async function settled(handler: Handler, event: unknown): Promise<unknown> {
  try {
    return await handler(event, {});
  } catch (cause) {
    return cause;
  }
}

function outcomeOf(answer: unknown): unknown {
  if (answer instanceof Error) {
    return answer.message === 'Unauthorized' ? 'refused' : answer.message;
  }
  const { statusCode, isAuthorized, policyDocument } = answer as Readonly<Record<string, unknown>>;
  if (statusCode !== undefined) return statusCode;
  const isAllowed = isAuthorized ?? JSON.stringify(policyDocument).includes('"Allow"');
  return isAllowed === true ? 'allowed' : 'refused';
}

function collectGarbage(): void {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  gc();
}
