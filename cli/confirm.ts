import { Failure } from './failure.ts';

/** What cannot be taken back wants to be meant. */
export function confirm(options: { readonly yes?: boolean }, what: string): void {
  if (!options.yes) throw new Failure('usage', `add --yes to ${what}`);
}
