/** One place of a pattern over words. Wildcards take one word, or one and more. */
export type PatternItem =
  | { readonly kind: 'literal'; readonly word: string }
  | { readonly kind: 'wildcard'; readonly isRepeating: boolean; readonly takesEmpty: boolean };

/** Runs many patterns at once over a sequence of words. A state holds, per pattern, how many items are behind. */
export interface PatternMachine {
  readonly start: bigint;
  step(state: bigint, word: string): bigint;
  /** Numbers of the patterns that match what was read so far. */
  matched(state: bigint): readonly number[];
}

/** A state is one bit per pattern and place, so that a step is two masks and a shift, however many patterns there are. */
export function patternMachine(patterns: readonly (readonly PatternItem[])[]): PatternMachine {
  const places = patterns.flatMap((items) => [...items, undefined]);
  const ends = [...places.keys()].filter((place) => places[place] === undefined);
  const start = maskOf([0, ...ends.slice(0, -1).map((end) => end + 1)]);
  // Behind a repeating wildcard one may stay. An end is behind its own pattern only.
  const staying = maskOf(
    [...places.keys()].filter((place) => {
      const before = places[place - 1];
      return before?.kind === 'wildcard' && before.isRepeating;
    }),
  );
  const endMasks = ends.map((end) => 1n << BigInt(end));
  const takers = new Map<string, bigint>();

  function takersOf(word: string): bigint {
    const known = takers.get(word);
    if (known !== undefined) return known;
    const mask = maskOf([...places.keys()].filter((place) => takes(places[place], word)));
    takers.set(word, mask);
    return mask;
  }

  return {
    start,
    step: (state, word) => (state & staying) | ((state & takersOf(word)) << 1n),
    matched(state) {
      const numbers: number[] = [];
      for (const [number, end] of endMasks.entries()) {
        if ((state & end) !== 0n) numbers.push(number);
      }
      return numbers;
    },
  };
}

function takes(item: PatternItem | undefined, word: string): boolean {
  if (item === undefined) return false;
  return item.kind === 'literal' ? item.word === word : word !== '' || item.takesEmpty;
}

function maskOf(places: readonly number[]): bigint {
  return places.reduce((mask, place) => mask | (1n << BigInt(place)), 0n);
}
