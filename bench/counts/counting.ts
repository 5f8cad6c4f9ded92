import { join } from 'node:path';
import { type Alone, type AloneOptions, alone } from '../measure/alone.ts';
import type { Service } from '../measure/service.ts';
import { type Case, observedCases } from './cases.ts';
import type { Counted, CounterInput, Counts } from './counter.ts';
import type { HeapSite } from './heap-sites.ts';
import { observation, observedEnvironment } from './instructions.ts';
import { type Mode, operationsOf } from './plan.ts';
import { type ReadableBundle, readable } from './readable.ts';

type ByCase<T> = Readonly<Record<string, T>>;

/** Counts cases, each kind of count in a process of its own. */
export interface Counting {
  counts(all: readonly Case[]): Promise<ByCase<Counts>>;
  /** Of those of the cases for which that is not too slow. Needs an observer. */
  instructions(all: readonly Case[]): Promise<ByCase<number>>;
  /** Where the bytes of heap are allocated. */
  sites(all: readonly Case[]): Promise<ByCase<readonly FoundSite[]>>;
  stop(): void;
}

export interface FoundSite extends Pick<HeapSite, 'function' | 'bytes'> {
  readonly file: string;
}

/** Nothing is optimized, nothing goes on beside, no garbage is collected: what is counted depends on the code alone. */
const flags = [
  ...['--no-opt', '--no-maglev', '--no-sparkplug', '--no-lazy-feedback-allocation'],
  ...['--single-threaded', '--hash-seed=1', '--random-seed=1'],
  ...['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'],
];

export async function counting(service: Service): Promise<Counting> {
  const counter: Alone<Counted> = await alone(join(import.meta.dirname, 'counter.ts'));
  // Of all functions in one; the log is read as seldom as may be, so that it falls into few slices.
  const env = {
    ...{ ...service.environmentOf('token'), ...service.environmentOf('jwt-authorizer') },
    REVOCATION_POLL_SECONDS: '60',
  };
  const bundlesOf = (all: readonly Case[]) => [...new Set(all.map(({ bundle }) => bundle))];

  async function run(
    mode: Mode,
    all: readonly Case[],
    files: ReadonlyMap<string, string>,
    options: Partial<AloneOptions> = {},
  ): Promise<Counted> {
    const input: CounterInput = {
      mode,
      cases: all.map(({ bundle, ...one }) => ({ ...one, file: files.get(bundle) ?? '' })),
    };
    return (await counter.run({ input, env, flags, ...options })).figures;
  }

  function deployed(all: readonly Case[]): ReadonlyMap<string, string> {
    return new Map(bundlesOf(all).map((bundle) => [bundle, service.fileOf(bundle)]));
  }

  return {
    async counts(all) {
      return (await run('counts', all, deployed(all))).counts;
    },

    async instructions(all) {
      const observed = all
        .filter(({ name }) => observedCases.has(name))
        .map((one) => ({ ...one, events: one.events.slice(0, operationsOf('instructions')) }));
      const { under, instructions, stop } = observation();
      try {
        await run('instructions', observed, deployed(observed), {
          ...{ under, env: { ...env, ...observedEnvironment } },
        });
        return instructions(observed.map(({ name }) => name));
      } finally {
        stop();
      }
    },

    async sites(all) {
      const bundles = new Map<string, ReadableBundle>();
      for (const bundle of bundlesOf(all)) {
        bundles.set(bundle, await readable(bundle, service.fileOf(bundle)));
      }
      const files = new Map([...bundles].map(([bundle, { file }]) => [bundle, file]));
      const { sites } = await run('sites', all, files);
      const found = all.map(({ name, bundle }) => {
        const sourceOf = bundles.get(bundle)?.sourceOf ?? String;
        const own = (sites[name] ?? []).map(({ line, ...site }) => ({
          ...{ ...site, file: sourceOf(line) },
        }));
        return [name, own] as const;
      });
      return Object.fromEntries(found);
    },

    stop: () => counter.stop(),
  };
}
