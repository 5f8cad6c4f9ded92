/**
 * Runs in a process of its own, bundled: loads one handler as Lambda does, calls it twice, and says what that cost.
 *
 * Arguments: file of the handler, file with the two events as JSON, and how often it is called again with the second one.
 */

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

// Lambda's own client has loaded these before our code begins.
for (const name of ['http', 'util', 'net', 'path']) process.getBuiltinModule(`node:${name}`);
const { subscribe } = process.getBuiltinModule('node:diagnostics_channel');
const { readFileSync } = process.getBuiltinModule('node:fs');

const [, , file = '', eventsFile = '', again = '0'] = process.argv;
const times = Number(again);
const events = JSON.parse(readFileSync(eventsFile, 'utf8')) as readonly unknown[];

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
const warm = times === 0 ? 0 : await warmed();
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
const probed: Probed = {
  ...{ code: codeAt, loaded, first, second, warm, firstWall },
  peakMiB: Number(peak?.[1] ?? Number.NaN) / 1_024,
  answers: [firstAnswer, secondAnswer],
};
// After whatever was logged: the pipe may be full of it.
process.stdout.write(`\n${JSON.stringify(probed)}\n`, () => process.exit(0));

function cpu(): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function warmed(): Promise<number> {
  for (let i = 0; i < times; i += 1) await answered(events[1]);
  const start = cpu();
  for (let i = 0; i < times; i += 1) await answered(events[1]);
  return (cpu() - start) / times;
}

async function answered(event: unknown): Promise<unknown> {
  try {
    return await handler(event);
  } catch (cause) {
    return { thrown: cause instanceof Error ? cause.message : String(cause) };
  }
}
