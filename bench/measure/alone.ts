import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';

export interface AloneOptions {
  /** Goes to the process as JSON. */
  readonly input: object;
  /** All that it gets. */
  readonly env: Readonly<Record<string, string>>;
  /** Of its Node. @default none */
  readonly flags?: readonly string[];
  /** A command that runs Node, with arguments of its own. @default none */
  readonly under?: readonly string[];
}

/** What a process said at its end, and all that it has logged before. */
export interface SaidAlone<Figures> {
  readonly figures: Figures;
  readonly logged: string;
}

/** Runs a module in processes of its own. */
export interface Alone<Figures> {
  run(options: AloneOptions): Promise<SaidAlone<Figures>>;
  stop(): void;
}

/**
 * The module is compiled beforehand, so that the process loads nothing but what it names. It finds its input in the file
 * that is its argument, and ends with one line of JSON on standard output.
 */
export async function alone<Figures>(module: string): Promise<Alone<Figures>> {
  const folder = mkdtempSync(join(tmpdir(), 'keyward-alone-'));
  const file = join(folder, 'module.mjs');
  await build({
    ...{ entryPoints: [module], outfile: file, bundle: true, logLevel: 'warning' },
    ...{ platform: 'node', format: 'esm', target: 'node24' },
  });
  let runs = 0;
  return {
    async run({ input, env, flags = [], under = [] }) {
      runs += 1;
      const inputFile = join(folder, `${runs}.json`);
      writeFileSync(inputFile, JSON.stringify(input));
      const line = [...under, process.execPath, ...flags, file, inputFile];
      const [command = '', ...args] = line;
      const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const kill = () => child.kill();
      process.once('exit', kill);
      const ended = new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      const said = (await text(child.stdout)).trimEnd().split('\n');
      const code = await ended;
      process.off('exit', kill);
      if (code !== 0) throw new Error(`${module}: ended with ${code}`);
      const figures = JSON.parse(said.at(-1) ?? '') as Figures;
      return { figures, logged: said.slice(0, -1).join('\n') };
    },
    stop() {
      rmSync(folder, { recursive: true });
    },
  };
}
