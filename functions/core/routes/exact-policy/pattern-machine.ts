/** One place of a pattern over words: a word, any one word, or any one and more. */
export type PatternItem = { readonly word: string } | 'one' | 'some';

/** Runs many patterns at once over a sequence of words. A state holds, per pattern, the places that it may have come to. */
export interface PatternMachine {
  readonly start: bigint;
  /** 0 when no pattern can match any more. */
  step(state: bigint, word: string): bigint;
  /** Numbers of the patterns that match what was read so far. */
  matched(state: bigint): readonly number[];
}

/**
 * A state is one bit per pattern and place, so that a step is two masks and a shift, however many patterns there are. The
 * end of a pattern takes no word, which keeps the shift inside the pattern.
 */
export function patternMachine(patterns: readonly (readonly PatternItem[])[]): PatternMachine {
  const places = patterns.flatMap((items) => [...items, 'end' as const]);
  const where = (isWanted: (place: Place, before: Place | undefined) => boolean) =>
    places.reduce(
      (mask, place, at) => (isWanted(place, places[at - 1]) ? mask | (1n << BigInt(at)) : mask),
      0n,
    );
  const start = where((_, before) => before === undefined || before === 'end');
  const staying = where((_, before) => before === 'some');
  const ends = [...places.keys()]
    .filter((at) => places[at] === 'end')
    .map((at) => 1n << BigInt(at));
  const takers = new Map<string, bigint>();

  function takersOf(word: string): bigint {
    const known = takers.get(word) ?? where((place) => takes(place, word));
    takers.set(word, known);
    return known;
  }

  return {
    start,
    step: (state, word) => (state & staying) | ((state & takersOf(word)) << 1n),
    matched(state) {
      const numbers: number[] = [];
      for (const [number, end] of ends.entries()) {
        if ((state & end) !== 0n) numbers.push(number);
      }
      return numbers;
    },
  };
}

type Place = PatternItem | 'end';

function takes(place: Place, word: string): boolean {
  return typeof place === 'string' ? place !== 'end' : place.word === word;
}
