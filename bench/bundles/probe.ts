/**
 * Loads one bundle as Lambda does and asks it once, in a process of its own; says what that cost and which of Node's own
 * modules it loaded.
 */
import { loadWhatLambdaHas, peakMiB } from '../measure/probing.ts';

export interface ProbeInput {
  readonly file: string;
  readonly event: unknown;
  /** Of Lambda's invocation. */
  readonly context: object;
}

export interface Probed {
  readonly cpuMs: number;
  readonly peakMiB: number;
  /** In the order in which they came. */
  readonly atLoad: readonly string[];
  readonly byAnswer: readonly string[];
  readonly answer: unknown;
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

loadWhatLambdaHas();
// Lambda's client has opened its log as well.
const { stdout } = process;
const { readFileSync, writeSync } = process.getBuiltinModule('node:fs');
const { file, event, context } = JSON.parse(
  readFileSync(process.argv[2] ?? '', 'utf8'),
) as ProbeInput;

const known = new Set(loadedNow());
const before = process.cpuUsage();
const { handler } = (await import(file)) as { readonly handler: Handler };
const { user, system } = process.cpuUsage(before);
const atLoad = news();
const peak = peakMiB();
const answer = await handler(event, context);
const byAnswer = news();
const probed: Probed = {
  ...{ cpuMs: (user + system) / 1_000, peakMiB: peak },
  ...{ atLoad, byAnswer, answer: answer ?? null },
};
while (stdout.writableLength > 0) await new Promise((resolve) => setTimeout(resolve, 1));
writeSync(1, `\n${JSON.stringify(probed)}\n`);
process.exit(0);

/** Modules of Node that have been loaded since this was asked last. */
function news(): readonly string[] {
  const found = loadedNow().filter((name) => !known.has(name));
  for (const name of found) known.add(name);
  return found;
}

function loadedNow(): readonly string[] {
  const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
  const prefix = 'NativeModule ';
  return moduleLoadList.flatMap((entry) =>
    entry.startsWith(prefix) ? entry.slice(prefix.length) : [],
  );
}
