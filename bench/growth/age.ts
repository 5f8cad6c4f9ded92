import { join } from 'node:path';
import { fakeTable, type StoredItem } from '../decisions/table.ts';
import { measuredElsewhere } from '../measure/elsewhere.ts';
import { median, pairedRatio, quartiles, shuffled } from '../measure/statistics.ts';
import type { Window } from './aging.ts';
import type { MeasuredStep } from './curve.ts';

const lines = ['seen before', 'new'] as const;

/**
 * What a decision costs by how many its environment has made: code is compiled while it runs. A new process for each sample;
 * `size` is the end of a window that begins after the size before, and the ratio is to the last window of the same process.
 */
export async function measuredAges(samples: number): Promise<readonly MeasuredStep[]> {
  const table = await fakeTable();
  const taken = new Map(lines.map((line) => [line, [] as (readonly Window[])[]]));
  for (let sample = 0; sample < samples; sample += 1) {
    for (const line of shuffled(lines)) taken.get(line)?.push(await aged(line));
  }
  table.stop();
  return [...taken].flatMap(([line, all]) => figuresOf(line, all));

  function aged(line: string): Promise<readonly Window[]> {
    return measuredElsewhere<readonly StoredItem[], readonly Window[]>(
      join(import.meta.dirname, 'aging.ts'),
      {
        env: { AWS_ENDPOINT_URL: table.url, NODE_ENV: 'production', AGING: line },
        prepare: (items) => table.put(items),
      },
    );
  }
}

function figuresOf(line: string, all: readonly (readonly Window[])[]): readonly MeasuredStep[] {
  const ends = all[0]?.map(({ until }) => until) ?? [];
  return ends.map((size, at) => {
    const cpu = all.map((windows) => windows[at]?.cpu ?? Number.NaN);
    const last = all.map((windows) => windows.at(-1)?.cpu ?? Number.NaN);
    return {
      ...{ line, size, name: `${line}: up to ${size.toLocaleString('en-US')}` },
      floor: `${line}: the last`,
      ...{ cpu: median(cpu), ...quartiles(cpu) },
      wall: median(all.map((windows) => windows[at]?.wall ?? Number.NaN)),
      ...{ calls: 0, ratio: pairedRatio(cpu, last) },
    };
  });
}
