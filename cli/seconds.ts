import { Failure } from './failure.ts';

/** A number of seconds as an option has it. */
export function seconds(text: string, option: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Failure('usage', `${option} must be a number of seconds`);
  return Number(text);
}
