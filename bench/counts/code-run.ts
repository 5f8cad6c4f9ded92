/** What V8 tells of a script: `Profiler.ScriptCoverage` of its protocol. */
export interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly CoverageRange[] }[];
}

/** A piece of code and how often it ran. A function's first one is all of it; those that follow lie in it or in each other. */
interface CoverageRange {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** How much code was run by one operation. */
export interface CodeRun {
  /** Calls of functions. */
  readonly functions: number;
  /** Characters of code that were run through: what loops and branches cost, without a clock. */
  readonly code: number;
}

/** What was run of the script at a URL's end, by each of so many operations. Throws where nothing was. */
export function codeRun(scripts: readonly ScriptCoverage[], url: string, times: number): CodeRun {
  const ranges = scripts
    .filter((script) => script.url.endsWith(url))
    .flatMap((script) => script.functions.map((one) => one.ranges));
  const functions = sum(ranges.map(([whole]) => whole?.count ?? 0)) / times;
  if (functions === 0) throw new Error(`nothing of ${url} was run`);
  return { functions, code: sum(ranges.map(charactersRun)) / times };
}

/** Each piece by its own count, but what lies in it by that which it has itself. */
function charactersRun(ranges: readonly CoverageRange[]): number {
  const around: CoverageRange[] = [];
  let run = 0;
  for (const range of ranges) {
    while ((around.at(-1)?.endOffset ?? Infinity) <= range.startOffset) around.pop();
    const length = range.endOffset - range.startOffset;
    run += length * (range.count - (around.at(-1)?.count ?? 0));
    around.push(range);
  }
  return run;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
