import { subscribe } from 'node:diagnostics_channel';
import { setTimeout } from 'node:timers/promises';
import {
  type Contender,
  type InterleavedOptions,
  interleaved,
  type Measured,
} from './interleaved.ts';

/** Parts of a suite by their names. */
export type Parts<Name extends string> = Readonly<Record<Name, readonly Contender[]>>;

/** How many rounds the environment asks for. */
export const rounds: number = Number(process.env.ROUNDS ?? 41);

/** Whether the environment asks for it. */
export function isWanted({ name }: { readonly name: string }): boolean {
  return name.includes(process.env.ONLY ?? '');
}

/** A contender that says what it checks. */
export interface CheckingContender extends Contender {
  readonly checks: string;
}

/** Figures beside what their contenders check. */
export function withChecks(
  measured: readonly Measured[],
  contenders: readonly CheckingContender[],
): readonly (Measured & Pick<CheckingContender, 'checks'>)[] {
  const checksOf = new Map(contenders.map(({ name, checks }) => [name, checks]));
  return measured.map((one) => ({ ...one, checks: checksOf.get(one.name) ?? '' }));
}

/** Measures all parts in one interleaved run in this process, counts its HTTP requests and waits for the reader of its log. */
export async function measuredHere<Name extends string>(
  parts: Parts<Name>,
  options: Pick<InterleavedOptions, 'sliceMs'> = {},
): Promise<Record<Name, readonly Measured[]>> {
  let calls = 0;
  for (const channel of ['http.client.request.start', 'undici:request:create']) {
    subscribe(channel, () => {
      calls += 1;
    });
  }
  const measured = await interleaved(Object.values<readonly Contender[]>(parts).flat(), {
    ...options,
    rounds,
    calls: () => calls,
    backlog: () => process.stdout.writableLength,
    drained: async () => {
      while (process.stdout.writableLength > 0) await setTimeout(1);
      await setTimeout(1);
    },
  });
  const entries = Object.entries<readonly Contender[]>(parts).map(([part, contenders]) => [
    part,
    measured.filter(({ name }) => contenders.some((one) => one.name === name)),
  ]);
  return Object.fromEntries(entries);
}
