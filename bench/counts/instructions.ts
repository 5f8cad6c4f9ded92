import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plan } from './plan.ts';

/** The observer that budgets of instructions were agreed on with, and the processors that it was for. */
export const agreedObserver = 'valgrind-3.19.0, x64';

/** What this machine has: its version and processor, or nothing. */
export function observer(): string | undefined {
  const { status, stdout } = spawnSync('valgrind', ['--version'], { encoding: 'utf8' });
  return status === 0 ? `${stdout.trim()}, ${process.arch}` : undefined;
}

/** OpenSSL takes its plainest code for vectors, so that it is the same on every processor of a kind. */
export const observedEnvironment: Readonly<Record<string, string>> = { OPENSSL_ia32cap: ':0' };

/** One look at a process: it runs under this command, and when it is over the instructions of each slice can be read. */
export interface Observation {
  readonly under: readonly string[];
  /** Instructions of one operation by the names of the cases, which are in the order in which they were carried out. */
  readonly instructions: (names: readonly string[]) => Readonly<Record<string, number>>;
  stop(): void;
}

export function observation(): Observation {
  const folder = mkdtempSync(join(tmpdir(), 'keyward-observed-'));
  const file = join(folder, 'counts');
  const { slices, times } = plan.instructions;
  return {
    under: [
      ...['valgrind', '--quiet', '--tool=callgrind', `--callgrind-out-file=${file}`],
      // The function that nothing calls but what is counted, before and after each slice.
      '--dump-before=node::credentials::GetEUid(*',
    ],
    instructions(names) {
      const totals = readdirSync(folder)
        .map((name) => /\.(?<serial>\d+)$/.exec(name)?.groups?.serial)
        .filter((serial) => serial !== undefined)
        .sort((a, b) => Number(a) - Number(b))
        .map((serial) => totalIn(`${file}.${serial}`));
      if (totals.length !== 2 * slices * names.length) {
        throw new Error(`${totals.length} marks of ${names.length} cases`);
      }
      return Object.fromEntries(
        names.map((name, index) => {
          const own = totals.slice(2 * slices * index, 2 * slices * (index + 1));
          // Each second total is of a slice. The least is of one in which nothing but operations happened.
          const least = Math.min(...own.filter((_total, place) => place % 2 === 1));
          return [name, least / times];
        }),
      );
    },
    stop: () => rmSync(folder, { recursive: true }),
  };
}

function totalIn(file: string): number {
  const total = /^totals: (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
  return Number(total ?? Number.NaN);
}
