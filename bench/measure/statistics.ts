export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** What half of all values lie between. */
export function quartiles(values: readonly number[]): {
  readonly lower: number;
  readonly upper: number;
} {
  return { lower: quantile(values, 0.25), upper: quantile(values, 0.75) };
}

/** The value below which that share of all lies. */
export function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

/** The median of the ratios of two contenders, each to the other's figure of the same round. */
export function pairedRatio(values: readonly number[], base: readonly number[]): number {
  return median(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}

/** In another order each time. */
export function shuffled<T>(list: readonly T[]): readonly T[] {
  return list
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
