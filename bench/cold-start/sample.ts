import type { Alone } from '../measure/alone.ts';
import { onMeasuredCore } from '../measure/cores.ts';
import type { Probed, ProbeInput } from './probe.ts';
import type { Start } from './starts.ts';

export interface SampleOptions {
  readonly probe: Alone<Probed>;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Starts it once, in a process of its own, and throws unless both answers are the right ones.
 *
 * @param again how often it is called thereafter, until it is warm
 */
export async function sampled(
  start: Start,
  options: SampleOptions,
  again: number = 0,
): Promise<Probed> {
  const probed = await probedWith(start, start.events(), options, again);
  for (const answer of probed.answers) {
    if (await start.isRight(answer)) continue;
    throw new Error(`${start.name}: ${JSON.stringify(answer)} is not the right answer`);
  }
  return probed;
}

/** Throws unless it refuses what must be refused: else its other answers prove nothing. */
export async function assertRefusing(start: Start, options: SampleOptions): Promise<void> {
  const { name, refused, isRight } = start;
  if (refused === undefined) return;
  const { answers } = await probedWith(start, [refused, refused], options);
  for (const answer of answers) {
    const isAccepted = await Promise.resolve(isRight(answer)).catch(() => false);
    if (isAccepted) throw new Error(`${name}: accepts what must be refused`);
  }
}

async function probedWith(
  { name, file }: Start,
  events: readonly [object, object],
  { probe, environment }: SampleOptions,
  again = 0,
): Promise<Probed> {
  const input: ProbeInput = { file, events, again };
  try {
    return (await probe.run({ input, env: environment, under: onMeasuredCore([]) })).figures;
  } catch (cause) {
    throw new Error(name, { cause });
  }
}
