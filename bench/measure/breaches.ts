/** A figure, and the most that it may be. */
export interface Bound {
  /** Whose figure of what. */
  readonly of: string;
  readonly figure: number;
  readonly max: number;
  /** What to do about it when it is too large. */
  readonly cure: string;
  /** Counted in ones, so that there is no room beside the figure itself. @default false */
  readonly isExact?: boolean;
}

/** Names that are found, and those that were agreed on. */
export interface Listing {
  readonly of: string;
  readonly found: readonly string[];
  readonly agreed: readonly string[];
  /** What to do about one that was not agreed on. */
  readonly cure: string;
}

export interface Judged {
  readonly bounds: readonly Bound[];
  readonly listings: readonly Listing[];
}

/**
 * What is wrong, each with what to do about it. A figure above its maximum is, and one so far below that what was won could
 * be lost again unseen; a name too many is, and a name too few.
 *
 * @param slack the share of a maximum that may lie idle
 */
export function breaches({ bounds, listings }: Judged, slack: number): readonly string[] {
  return [
    ...bounds.flatMap((bound) => boundBreach(bound, slack) ?? []),
    ...listings.flatMap(listingBreaches),
  ];
}

/** What has a budget and is not there any more, or is there and has none. */
export function unmatched(
  found: readonly string[],
  agreed: readonly string[],
  where: string,
): readonly string[] {
  const without = found.filter((name) => !agreed.includes(name));
  const left = agreed.filter((name) => !found.includes(name));
  return [
    ...without.map((name) => `${name}: has no budget. --budgets prints one, for ${where}`),
    ...left.map((name) => `${name}: has a budget and does not exist. Strike it from ${where}`),
  ];
}

/** The maximum to write down for a figure: a little room, so that not every line of code is a breach. */
export function agreeable(figure: number): number {
  const max = figure * 1.02;
  if (max < 100) return Number.isInteger(figure) ? Math.ceil(max) : Math.ceil(max * 2) / 2;
  return Number(Math.ceil(max).toPrecision(3));
}

function boundBreach(
  { of, figure, max, cure, isExact = false }: Bound,
  slack: number,
): string | undefined {
  // A figure that was never taken is above every maximum.
  if (!(figure <= max)) return `${of}: ${shown(figure)}, at most ${shown(max)}. ${cure}`;
  const lower = isExact ? figure : agreeable(figure);
  const isIdle = isExact ? figure < max : figure < max * (1 - slack) && lower < max;
  if (!isIdle) return undefined;
  return `${of}: ${shown(figure)}, ${shown(max)} allowed. Better than agreed: lower the budget to ${shown(lower)}, so that it stays.`;
}

function listingBreaches({ of, found, agreed, cure }: Listing): readonly string[] {
  const more = found.filter((name) => !agreed.includes(name));
  const fewer = agreed.filter((name) => !found.includes(name));
  return [
    ...(more.length > 0 ? [`${of}: ${more.join(', ')} was not agreed on. ${cure}`] : []),
    ...(fewer.length > 0
      ? [
          `${of}: ${fewer.join(', ')} is gone. Better than agreed: strike it from the budget, so that it stays.`,
        ]
      : []),
  ];
}

function shown(value: number): string {
  return Number(value.toFixed(1)).toLocaleString('en');
}
