import type { Bound, Listing } from '../measure/breaches.ts';
import { type BundleBudget, never } from './budgets.ts';
import type { Contents } from './contents.ts';
import type { Start } from './starts.ts';

/** A whole implementation of Fetch: 30 to 50 ms of a cold start. */
const undici = 'internal/deps/undici/undici';

/** The figures of a bundle beside its budget. */
export function judged(
  name: string,
  { contents, start }: { readonly contents: Contents; readonly start: Start },
  budget: BundleBudget,
): { readonly bounds: readonly Bound[]; readonly listings: readonly Listing[] } {
  const { bytes, files, packages } = contents;
  const { atLoad, byAnswer } = start;
  const all = [...atLoad, ...byAnswer];
  const bound = (what: string, figure: number, max: number, cure: string): Bound => ({
    ...{ of: `${name}, ${what}`, figure, max, cure },
  });
  const listing = (
    what: string,
    found: readonly string[],
    agreed: readonly string[],
    cure: string,
  ): Listing => ({ of: `${name}, ${what}`, found, agreed, cure });
  const raise = 'or raise the budget in bench/bundles/budgets.ts and say in the commit what for.';
  const lazily = `Load it where it is used, with process.getBuiltinModule, if few requests need it; ${raise}`;
  return {
    bounds: [
      bound('KiB', bytes / 1_024, budget.KiB, `Import less, ${raise}`),
      bound(
        'source files',
        files.length,
        budget.modules,
        `Look for an import that brings others along and split what it is imported for, ${raise}`,
      ),
      bound(
        'modules of Node',
        all.length,
        budget.nodeModules,
        `A global that is touched loads some too (performance, fetch, URLPattern); avoid it, ${raise}`,
      ),
    ],
    listings: [
      listing('packages', packages, budget.packages, `Do without it in Lambda, ${raise}`),
      listing(
        'files that it must never reach',
        files.filter((file) => never.test(file)).slice(0, 3),
        [],
        'Import what is needed of them from a file that does not lead there.',
      ),
      listing('loaded with the bundle', publicOnes(atLoad), budget.atLoad, lazily),
      listing('loaded by the first answer', publicOnes(byAnswer), budget.byAnswer, lazily),
      listing(
        'loaded at all',
        all.filter((one) => one === undici),
        [],
        'Do not touch fetch, Request, Response, Headers, FormData or WebSocket, nor import node:http past the plugin of infra/bundle.ts.',
      ),
    ],
  };
}

/** Those of Node's modules that code can name. */
export function publicOnes(names: readonly string[]): readonly string[] {
  return names.filter((name) => !/^internal\/|^_/.test(name)).sort();
}
