import { cutKeepSeconds } from '../../core/durations.ts';
import type { CutLevel, Cuts, OwedCut } from '../../core/ports/cuts.ts';
import type { DynamoQuery } from './query.ts';
import type { DynamoReader } from './reader.ts';
import type { DynamoWriter } from './writer.ts';

export interface CutAccess {
  readonly reader: DynamoReader;
  readonly writer: DynamoWriter;
  readonly query: DynamoQuery;
}

const levels: readonly CutLevel[] = ['client', 'subject'];
const names = { '#cut': 'cut', '#owed': 'owed' };

/**
 * Cuts in the Verification table: `CUT#client`, `CUT#subject` / the id. A write that is repeated because its answer was lost
 * finds itself in the way, which is as good: the cut stands then.
 */
export function dynamoCuts({ reader, writer, query }: CutAccess, table: string): Cuts {
  return {
    async raise(level, id, cut) {
      await writer.updateItem(table, {
        key: keyOf(level, id),
        update: 'SET #v = :v, #cut = :cut, #owed = :owed, #ttl = :ttl',
        condition: 'attribute_not_exists(#cut) OR #cut < :cut',
        names: { ...names, '#v': 'v', '#ttl': 'ttl' },
        values: { ':v': 1, ':cut': cut, ':owed': true, ':ttl': cut + cutKeepSeconds },
      });
    },
    async settle(level, id, cut) {
      await writer.updateItem(table, {
        key: keyOf(level, id),
        update: 'REMOVE #owed',
        condition: '#cut = :cut',
        names,
        values: { ':cut': cut },
      });
    },
    async read(level, id) {
      const item = await reader.getItem(table, keyOf(level, id));
      return item === undefined ? undefined : cutIn(item);
    },
    async owed() {
      const all = levels.map((level) =>
        query(
          table,
          partitionOf(level),
          first,
          ['sk', 'v', 'cut', 'owed'],
          (item): readonly OwedCut[] =>
            item.owed === true ? [{ level, id: String(item.sk), cut: cutIn(item) }] : [],
        ),
      );
      return (await Promise.all(all)).flat(2);
    },
  };
}

/** Before every id: none begins with a space. */
const first = ' ';

function partitionOf(level: CutLevel): string {
  return `CUT#${level}`;
}

function keyOf(level: CutLevel, id: string) {
  return { pk: partitionOf(level), sk: id };
}

/** Throws for a cut that this code does not understand: it is not the same as none. */
function cutIn({ v, cut }: Readonly<Record<string, unknown>>): number {
  if (v === 1 && typeof cut === 'number' && Number.isSafeInteger(cut)) return cut;
  throw new Error('a cut that is broken, or of another schema');
}
