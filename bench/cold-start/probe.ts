/** Runs in a process of its own: loads one handler as Lambda does, calls it twice, and says what that cost. */
import { loadWhatLambdaHas, peakMiB } from '../measure/probing.ts';

export interface ProbeInput {
  /** Of the handler. */
  readonly file: string;
  readonly events: readonly [object, object];
  /** How often it is called again with the second one, until it is warm. */
  readonly again: number;
}

/** CPU of all threads in milliseconds since loading began, and what was answered. */
export interface Probed {
  /** Before the first connection to anybody. */
  readonly code: number;
  readonly loaded: number;
  readonly first: number;
  readonly second: number;
  /** Of one call when it has been called as often before; 0 where it was not called again. */
  readonly warm: number;
  /** By the clock on the wall. */
  readonly firstWall: number;
  /** Largest resident set so far. */
  readonly peakMiB: number;
  /** What a handler throws is `{ thrown: <message> }`. */
  readonly answers: readonly unknown[];
}

loadWhatLambdaHas();
const { subscribe } = process.getBuiltinModule('node:diagnostics_channel');
const { readFileSync } = process.getBuiltinModule('node:fs');

const { file, events, again } = JSON.parse(
  readFileSync(process.argv[2] ?? '', 'utf8'),
) as ProbeInput;

let codeAt: number | undefined;
subscribe('net.client.socket', () => {
  codeAt ??= cpu();
});

// Not `performance`: its first use loads a module, which somebody's code may do or not.
const beforeWall = process.hrtime.bigint();
const before = process.cpuUsage();
const { handler } = (await import(file)) as { readonly handler: (event: unknown) => unknown };
const loaded = cpu();
codeAt ??= loaded;
const firstAnswer = await answered(events[0]);
const first = cpu();
const firstWall = Number(process.hrtime.bigint() - beforeWall) / 1e6;
const secondAnswer = await answered(events[1]);
const second = cpu();
const warm = again === 0 ? 0 : await warmed();
const probed: Probed = {
  ...{ code: codeAt, loaded, first, second, warm, firstWall },
  peakMiB: peakMiB(),
  answers: [firstAnswer, secondAnswer],
};
// After whatever was logged: the pipe may be full of it.
process.stdout.write(`\n${JSON.stringify(probed)}\n`, () => process.exit(0));

function cpu(): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function warmed(): Promise<number> {
  for (let i = 0; i < again; i += 1) await answered(events[1]);
  const start = cpu();
  for (let i = 0; i < again; i += 1) await answered(events[1]);
  return (cpu() - start) / again;
}

async function answered(event: unknown): Promise<unknown> {
  try {
    return await handler(event);
  } catch (cause) {
    return { thrown: cause instanceof Error ? cause.message : String(cause) };
  }
}
