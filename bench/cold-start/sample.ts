import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onMeasuredCore } from '../measure/cores.ts';
import type { Probed } from './probe.ts';
import type { Start } from './starts.ts';

export interface SampleOptions {
  readonly probe: string;
  /** For what is handed over. */
  readonly folder: string;
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
  { probe, folder, environment }: SampleOptions,
  again = 0,
): Promise<Probed> {
  const eventsFile = join(folder, 'events.json');
  writeFileSync(eventsFile, JSON.stringify(events));
  const [command = '', ...args] = onMeasuredCore([
    process.execPath,
    ...[probe, file, eventsFile, `${again}`],
  ]);
  const child = spawn(command, args, {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', reject);
  });
  const printed = await text(child.stdout);
  const code = await ended;
  if (code !== 0) throw new Error(`${name}: ended with ${code}`);
  return JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as Probed;
}
