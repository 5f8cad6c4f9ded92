/** So often a case may be begun until its stores have answered. */
export const firstAttempts = 5;

export type Mode = 'counts' | 'instructions' | 'sites';

/** How often operations are carried out: until they are warm, and in each of the slices that are counted. */
export const plan: Readonly<
  Record<Mode, { readonly warmUp: number; readonly slices: number; readonly times: number }>
> = {
  counts: { warmUp: 320, slices: 9, times: 64 },
  sites: { warmUp: 320, slices: 1, times: 512 },
  // Interpreted under observation everything is fifty times as slow.
  instructions: { warmUp: 16, slices: 3, times: 8 },
};

/** What both need of an operation's requests. */
export function operationsOf(mode: Mode): number {
  const { warmUp, slices, times } = plan[mode];
  return warmUp + slices * times + firstAttempts;
}
